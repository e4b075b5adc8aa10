#include "app/commands/client_options.hpp"

#include "app/commands/console_text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace xylem {

namespace {

using client::error_kind;

constexpr auto shortest_timeout = 0.001; // seconds
constexpr auto longest_timeout = 3600.0;

/// What helps against a failure of wire §4; empty when nothing general does.
std::string_view advice(std::string_view failure) {
  if (failure == "Node Not Found")
    return "; the nodes that are known: xylem nodes";
  if (failure == "Data Type Not Found")
    return "; the data types of each node: xylem nodes";
  if (failure == "No Serial Connection")
    return "; the state of the root's link: xylem status";
  return "";
}

std::string sentence(const client_options& options, const client::error& reason) {
  auto where = to_string(options.gateway);
  auto text = printable(reason.text);
  switch (reason.kind) {
  case error_kind::unreachable:
    return "no gateway answers on " + where + " (" + text + ")"
           + (is_loopback(options.gateway) ? "; start one with: xylem run --sim" : "");
  case error_kind::timeout:
  case error_kind::closed: return "the gateway on " + where + " did not answer (" + text + ")";
  case error_kind::failure_reply: return "the gateway refused: " + text + std::string{advice(text)};
  case error_kind::protocol:
    return "what answers on " + where + " is no gateway of the classic dialect (" + text + ")";
  case error_kind::invalid_request: return text;
  }
  return text;
}

int exit_code_of(error_kind kind) {
  switch (kind) {
  case error_kind::unreachable:
  case error_kind::timeout:
  case error_kind::closed: return exit_codes::unreachable;
  case error_kind::invalid_request: return exit_codes::usage;
  case error_kind::failure_reply:
  case error_kind::protocol: return exit_codes::failed;
  }
  return exit_codes::failed;
}

} // namespace

console standard_console() {
  auto now = std::chrono::system_clock::now();
  return {std::cout, std::cerr, std::chrono::floor<std::chrono::milliseconds>(now)};
}

void add_client_options(CLI::App& command, client_options& options) {
  command
      .add_option_function<std::string>(
          "--connect",
          [&options](const std::string& text) {
            auto where = client::parse_endpoint(text);
            if (!where)
              throw CLI::ValidationError{"--connect", text + " is not HOST:PORT"};
            options.gateway = *where;
          },
          "Client socket of the gateway [127.0.0.1:5001]")
      ->type_name("HOST:PORT")
      ->envname("XYLEM_CONNECT");
  command
      .add_option_function<double>(
          "--timeout",
          [&options](double seconds) {
            options.timeout = client::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
          },
          "Longest wait for an answer [5]")
      ->type_name("SECONDS")
      ->check(CLI::Range(shortest_timeout, longest_timeout));
  command.add_flag_callback(
      "--json", [&options] { options.format = output_format::json; }, "Print JSON for programs");
}

client::result<client::connection> connect_to(const client_options& options) {
  return client::connection::open(options.gateway, {options.timeout, options.timeout});
}

int report(const console& io, const client_options& options, const client::error& reason) {
  io.err << sentence(options, reason) << '\n';
  return exit_code_of(reason.kind);
}

} // namespace xylem
