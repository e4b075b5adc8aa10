#include "compare.hpp"

#include "foreign_load.hpp"
#include "machine.hpp"
#include "plot.hpp"
#include "report.hpp"
#include "rows.hpp"
#include "sweeps.hpp"

#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <memory>

namespace xylem::bench {

namespace {

namespace fs = std::filesystem;

/// More than this, and figures tell of the others.
constexpr double tolerable_foreign_cores = 0.05;

void measure(session& run, const row& each) {
  foreign_load others;
  run.tell(std::string{each.name} + ": " + std::string{each.what});
  run.found.add_row(std::string{each.name});
  try {
    each.measure(run);
  } catch (const std::exception& error) {
    run.found.add_missing(std::string{each.name}, "", error.what());
    run.tell(std::string{"failed: "} + error.what());
  }
  auto cores = others.cores();
  run.found.add("foreign-load", std::string{each.name}, {{"cores", cores}});
  if (cores > tolerable_foreign_cores)
    std::cout << "DISTURBED: during " << each.name << " other programs took "
              << std::lround(cores * 100) << " % of a core; measure again." << std::endl;
}

/// The medians of one figure, in the order of x.
plot_line line_of(const results& found, const sweep& what, const std::string& whose,
                  std::string_view figure) {
  std::map<double, std::vector<double>> values;
  for (const auto& round : found.rounds(what.row, whose)) {
    boost::json::value all(round);
    values[all.at("x").to_number<double>()].push_back(all.at_pointer(figure).to_number<double>());
  }
  plot_line out{whose, {}};
  for (auto& [x, all] : values)
    out.points.emplace_back(x, median_of(all));
  return out;
}

plot_panel panel_of(const results& found, const sweep& what, const std::string& title,
                    std::string_view figure) {
  plot_panel out{title, {}};
  for (const auto* whose : {"xylem", "redis", "echo"})
    if (auto line = line_of(found, what, whose, figure); !line.points.empty())
      out.lines.push_back(std::move(line));
  return out;
}

void write_plots(const results& found, const fs::path& folder) {
  for (const auto& what : sweeps()) {
    if (found.rounds(what.row, "xylem").empty())
      continue;
    auto name = std::string{what.row} + ".svg";
    std::ofstream{folder / name} << draw_plot(
        std::string{what.axis}, {panel_of(found, what, "GET, replies/s", "/rate"),
                                 panel_of(found, what, "p99 latency, µs", "/latency_us/p99")});
  }
}

std::string notes_of(const compare_options& options) {
  auto where = has_core(options.server_core) && has_core(options.tool_core)
                       && options.server_core != options.tool_core
                   ? "Servers on core " + std::to_string(options.server_core) + ", load on core "
                         + std::to_string(options.tool_core)
                   : "NOT PINNED: this machine lacks the cores; ratios say little";
  return where + "; figures are medians of " + std::to_string(options.rounds)
         + " rounds.\nLeft out: one-shot GET against the Python gateway (6 times its rate is the "
           "goal): that program is not here to be measured.\n";
}

int compare(const compare_options& options) {
  session run{options};
  auto machine = describe_machine(options.xylem);
  std::cout << summary_of(machine) << '\n' << notes_of(run.options()) << std::endl;
  for (const auto& each : rows())
    if (options.only.empty() || std::ranges::count(options.only, each.name) != 0)
      measure(run, each);
  auto outcomes = run.found.outcomes();
  std::cout << '\n' << table_of(outcomes);
  fs::path folder{options.out};
  fs::create_directories(folder);
  boost::json::object document{
      {"machine", machine}, {"bars", to_json(outcomes)}, {"rounds", run.found.to_json()}};
  std::ofstream{folder / "results.json"} << boost::json::serialize(document) << '\n';
  write_plots(run.found, folder);
  std::cout << "\nEvery round, and plots: " << folder.string() << std::endl;
  return exit_code_of(outcomes);
}

std::vector<std::string> row_names() {
  std::vector<std::string> out;
  for (const auto& each : rows())
    out.emplace_back(each.name);
  return out;
}

} // namespace

void add_compare(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<compare_options>();
  auto* command = app.add_subcommand("compare", "The gateway and its peers in turn, and the bars");
  command->add_option("--only", options->only, "One row; may be repeated")
      ->check(CLI::IsMember(row_names()))
      ->type_name("ROW");
  command->add_option("--rounds", options->rounds, "Medians of so many [5, quick: 3]");
  command->add_flag("--quick", options->is_quick, "Shorter runs");
  command->add_option("--out", options->out, "Folder of the results")->capture_default_str();
  command->add_option("--xylem", options->xylem, "The gateway")->capture_default_str();
  command->add_option("--server-core", options->server_core, "Of servers")->capture_default_str();
  command->add_option("--tool-core", options->tool_core, "Of load tools")->capture_default_str();
  command->callback([options, &exit_code] { exit_code = compare(*options); });
}

} // namespace xylem::bench
