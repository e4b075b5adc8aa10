#include "app/commands/history.hpp"

#include "app/client/gateway_state.hpp"
#include "app/client/iso_time.hpp"
#include "app/commands/reading_target.hpp"
#include "app/commands/reading_text.hpp"
#include "app/commands/table.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <ostream>

namespace xylem {

namespace {

using points = std::vector<client::history_point>;

/// The count of `[HIS]` is one byte (wire §4).
constexpr auto most_readings = 255;

void print_table(const console& io, const data_type_registry& types, type_code code,
                 const points& history) {
  table shown{{{"TIME"}, {"AGE", alignment::right}, {to_string(code)}}};
  for (const auto& point : history)
    shown.add({client::format_time(point.time), age_text(point.time, io.now),
               reading_text(types, code, point.data)});
  shown.print(io.out);
}

void print_json(const console& io, const data_type_registry& types, const reading_target& target,
                const points& history) {
  boost::json::array list;
  for (const auto& point : history) {
    boost::json::object made{{"time", client::format_time(point.time)}};
    add_reading(made, types, target.type, point.data);
    list.push_back(std::move(made));
  }
  boost::json::object document{{"node", target.node->value},
                               {"type", to_string(target.type)},
                               {"readings", std::move(list)}};
  io.out << boost::json::serialize(document) << '\n';
}

} // namespace

int run_history(const history_arguments& arguments, const console& io) {
  auto target = parse_reading_target(arguments.words);
  if (target && !target->node)
    target = client::error{client::error_kind::invalid_request, "give a node and a data type"};
  if (!target)
    return report(io, arguments.client, target.error());
  auto gateway = connect_to(arguments.client);
  if (!gateway)
    return report(io, arguments.client, gateway.error());
  auto history = gateway->history(*target->node, target->type, arguments.limit);
  if (!history)
    return report(io, arguments.client, history.error());
  auto status = gateway->status();
  auto types = client::parse_data_types(status ? *status : "", arguments.client.gateway);
  if (arguments.client.format == output_format::json)
    print_json(io, types, *target, *history);
  else
    print_table(io, types, target->type, *history);
  return exit_codes::ok;
}

void add_history(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<history_arguments>();
  auto* command = app.add_subcommand("history", "Readings of one node and type, newest first");
  add_client_options(*command, arguments->client);
  command->add_option("NODE TYPE", arguments->words, "for example: 5 GPS")->required()->expected(2);
  command->add_option("--limit", arguments->limit, "At most this many readings [20]")
      ->type_name("N")
      ->check(CLI::Range(1, most_readings));
  command->callback(
      [arguments, &exit_code] { exit_code = run_history(*arguments, standard_console()); });
}

} // namespace xylem
