#include "app/commands/nodes.hpp"

#include "app/client/gateway_state.hpp"
#include "app/client/json_view.hpp"
#include "app/commands/reading_text.hpp"
#include "app/commands/table.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <ostream>

namespace xylem {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

void print_table(const console& io, const nodes_arguments& arguments,
                 const std::vector<client::node_info>& nodes) {
  table shown{{{"NODE", alignment::right},
               {"STATUS"},
               {"HEARD", alignment::right},
               {"NAME"},
               {"TYPES"},
               {"FRAMES", alignment::right},
               {"MALFORMED", alignment::right},
               {"UUID"}}};
  for (const auto& node : nodes) {
    if (!arguments.status.empty() && node.status != arguments.status)
      continue;
    shown.add({std::to_string(node.address.value),
               node.heard ? node.status : node.status + " (not heard)",
               age_text(node.last_heard, io.now), node.name, joined(node.types),
               std::to_string(node.frames), std::to_string(node.malformed), node.uuid});
  }
  if (shown.empty())
    io.err << (arguments.status.empty() ? "no node is known\n"
                                        : "no node is " + arguments.status + '\n');
  else
    shown.print(io.out);
}

/// The gateway's own document, less the nodes that were not asked for.
void print_json(const console& io, const nodes_arguments& arguments, std::string_view text) {
  auto document = client::parse_json(text).value();
  auto& list = document.as_object()["nodes"];
  boost::json::array kept;
  for (auto node : client::json_view{list}.items()) {
    if (arguments.status.empty() || node["status"].text() == arguments.status)
      kept.push_back(node.value());
  }
  list = std::move(kept);
  io.out << boost::json::serialize(document) << '\n';
}

} // namespace

int run_nodes(const nodes_arguments& arguments, const console& io) {
  auto gateway = connect_to(arguments.client);
  if (!gateway)
    return report(io, arguments.client, gateway.error());
  auto text = gateway->nodes();
  if (!text)
    return report(io, arguments.client, text.error());
  auto nodes = client::parse_nodes(*text);
  if (!nodes)
    return report(io, arguments.client, nodes.error());
  if (arguments.client.format == output_format::json)
    print_json(io, arguments, *text);
  else
    print_table(io, arguments, *nodes);
  return exit_codes::ok;
}

void add_nodes(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<nodes_arguments>();
  auto* command = app.add_subcommand("nodes", "Every node of the mesh");
  add_client_options(*command, arguments->client);
  command->add_option("--status", arguments->status, "Only nodes of this status")
      ->type_name("active|idle|disconnected")
      ->check(CLI::IsMember({"active", "idle", "disconnected"}));
  command->callback(
      [arguments, &exit_code] { exit_code = run_nodes(*arguments, standard_console()); });
}

} // namespace xylem
