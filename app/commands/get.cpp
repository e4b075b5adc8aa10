#include "app/commands/get.hpp"

#include "app/commands/reading_target.hpp"
#include "app/commands/reading_text.hpp"
#include "app/commands/table.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace xylem {

namespace {

using client::http_gateway;
namespace json = boost::json;

/// A reading of one node and type is a document of its own; all others are lists.
client::result<json::value> ask(const client_options& options, const reading_target& target) {
  http_gateway gateway{options.gateway};
  auto mesh = mesh_of(gateway, options);
  if (!mesh)
    return mesh.error();
  if (target.node && target.type)
    return gateway.latest(*mesh, *target.node, *target.type);
  auto list = target.node ? gateway.latest_of_node(*mesh, *target.node)
                          : gateway.latest_of_all(*mesh, *target.type);
  if (!list)
    return list.error();
  return json::value(json::object{{"readings", *std::move(list)}});
}

client::result<std::vector<client::reading_info>> readings_in(const json::value& document) {
  client::json_view view{document};
  std::vector<client::reading_info> found;
  auto list = view["readings"];
  for (auto item : list.exists() ? list.items() : std::vector{view}) {
    auto reading = client::parse_reading(item);
    if (!reading)
      return reading.error();
    found.push_back(*std::move(reading));
  }
  return found;
}

void print_table(const console& io, const reading_target& target,
                 const std::vector<client::reading_info>& readings) {
  table shown{target.type ? std::vector<column>{{"NODE", alignment::right},
                                                {"AGE", alignment::right},
                                                {to_string(*target.type)}}
                          : std::vector<column>{{"TYPE"}, {"AGE", alignment::right}, {"VALUE"}}};
  for (const auto& one : readings)
    shown.add({target.type ? std::to_string(one.node.value) : one.type, age_text(one, io.now),
               reading_text(one)});
  if (!shown.empty())
    shown.print(io.out);
  else if (target.type)
    io.err << "no active node has " << to_string(*target.type) << '\n';
  else
    io.err << "node " << target.node->value << " has no readings\n";
}

} // namespace

int run_get(const get_arguments& arguments, const console& io) {
  auto target = parse_reading_target(arguments.words);
  if (!target)
    return report_failure(io, arguments.client, target.error());
  auto document = ask(arguments.client, *target);
  if (!document)
    return report_failure(io, arguments.client, document.error());
  auto readings = readings_in(*document);
  if (!readings)
    return report_failure(io, arguments.client, readings.error());
  if (arguments.client.format == output_format::json)
    io.out << client::to_text(*document) << '\n';
  else
    print_table(io, *target, *readings);
  return exit_codes::ok;
}

void add_get(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<get_arguments>();
  auto* command = app.add_subcommand("get", "Latest readings of a type, of a node, or of both");
  add_client_options(*command, arguments->client);
  command->add_option("TYPE [NODE]", arguments->words, "for example: GPS, GPS 5, 5 GPS or 5")
      ->required()
      ->expected(1, 2);
  command->callback(
      [arguments, &exit_code] { exit_code = run_get(*arguments, standard_console()); });
}

} // namespace xylem
