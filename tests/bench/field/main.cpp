#include "compare/compare.hpp"
#include "tools/command_line.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

#include <sys/prctl.h>

/// Load tools, each of which prints one line of JSON, and the comparison that runs them.
int main(int argc, char** argv) {
  prctl(PR_SET_TIMERSLACK, 1); // nanosecond: what is paced is not late by the usual 50 µs
  CLI::App app{"Measures a gateway and its peers end to end", "xylem_bench_field"};
  app.require_subcommand(1);
  auto exit_code = 0;
  xylem::bench::add_tools(app);
  xylem::bench::add_compare(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "xylem_bench_field: " << error.what() << '\n';
    return 2;
  }
  return exit_code;
}
