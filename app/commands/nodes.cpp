#include "app/commands/nodes.hpp"

#include "app/commands/reading_text.hpp"
#include "app/commands/table.hpp"

#include <CLI/CLI.hpp>

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
  for (const auto& node : nodes)
    shown.add({std::to_string(node.address.value),
               node.heard ? node.status : node.status + " (not heard)",
               age_text(node.last_heard, io.now), node.name, joined(node.types),
               std::to_string(node.frames), std::to_string(node.malformed), node.uuid});
  if (shown.empty())
    io.err << (arguments.status.empty() ? "no node is known\n"
                                        : "no node is " + arguments.status + '\n');
  else
    shown.print(io.out);
}

} // namespace

int run_nodes(const nodes_arguments& arguments, const console& io) {
  client::http_gateway gateway{arguments.client.gateway};
  auto mesh = mesh_of(gateway, arguments.client);
  if (!mesh)
    return report_failure(io, arguments.client, mesh.error());
  auto list = gateway.nodes(*mesh, arguments.status);
  if (!list)
    return report_failure(io, arguments.client, list.error());
  auto nodes = client::parse_nodes(*list);
  if (!nodes)
    return report_failure(io, arguments.client, nodes.error());
  if (arguments.client.format == output_format::json)
    io.out << client::to_text(boost::json::object{{"nodes", *std::move(list)}}) << '\n';
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
