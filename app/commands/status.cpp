#include "app/commands/status.hpp"

#include "app/commands/status_text.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace xylem {

int run_status(const status_arguments& arguments, const console& io) {
  auto text = client::http_gateway{arguments.client.gateway}.status();
  if (!text)
    return report_failure(io, arguments.client, text.error());
  auto document = client::parse_json(*text);
  if (!document || !document->is_object())
    return report_failure(io, arguments.client,
                  {client::error_kind::protocol, "the status is no JSON object"});
  if (arguments.client.format == output_format::json)
    io.out << *text << (text->ends_with('\n') ? "" : "\n");
  else
    print_status(io.out, client::json_view{*document}, io.now);
  return exit_codes::ok;
}

void add_status(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<status_arguments>();
  auto* command = app.add_subcommand("status", "State of the gateway: link, sums, incidents");
  add_gateway_options(*command, arguments->client);
  command->callback(
      [arguments, &exit_code] { exit_code = run_status(*arguments, standard_console()); });
}

} // namespace xylem
