#include "app/commands/get.hpp"

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

struct found_reading {
  node_address node;
  bytes data;
  std::optional<wall_time> time;
};

using found_readings = std::vector<found_reading>;

client::result<found_readings> ask_readings(client::connection& gateway,
                                            const reading_target& target) {
  if (target.node) {
    auto data = gateway.latest(*target.node, target.type);
    if (!data)
      return data.error();
    return found_readings{{*target.node, std::move(*data), {}}};
  }
  auto all = gateway.latest_of_all(target.type);
  if (!all)
    return all.error();
  found_readings found;
  for (auto& one : *all)
    found.push_back({one.node, std::move(one.data), {}});
  return found;
}

/// Times are not in the reply of `[GET]`, but in the newest point of each history. A reading that
/// came in between replaces the one before; without history the time stays unknown.
void add_times(client::connection& gateway, type_code code, std::span<found_reading> readings) {
  for (const auto& one : readings) {
    auto what = client::request::history(one.node, code, 1);
    if (!what || !gateway.submit(*what))
      return;
  }
  for (auto& one : readings) {
    auto answered = gateway.receive();
    if (!answered && answered.error().kind != client::error_kind::failure_reply)
      return;
    auto* points = answered ? std::get_if<std::vector<client::history_point>>(&*answered) : nullptr;
    if (points == nullptr || points->empty())
      continue;
    one.data = std::move(points->front().data);
    one.time = points->front().time;
  }
}

void print_table(const console& io, const data_type_registry& types, type_code code,
                 const found_readings& readings) {
  table shown{{{"NODE", alignment::right}, {"AGE", alignment::right}, {to_string(code)}}};
  for (const auto& one : readings)
    shown.add({std::to_string(one.node.value), age_text(one.time, io.now),
               reading_text(types, code, one.data)});
  if (shown.empty())
    io.err << "no active node has " << to_string(code) << '\n';
  else
    shown.print(io.out);
}

void print_json(const console& io, const data_type_registry& types, type_code code,
                const found_readings& readings) {
  boost::json::array list;
  for (const auto& one : readings) {
    boost::json::object made{{"node", one.node.value}, {"type", to_string(code)}};
    if (one.time)
      made["time"] = client::format_time(*one.time);
    add_reading(made, types, code, one.data);
    list.push_back(std::move(made));
  }
  io.out << boost::json::serialize(boost::json::object{{"readings", std::move(list)}}) << '\n';
}

} // namespace

int run_get(const get_arguments& arguments, const console& io) {
  auto target = parse_reading_target(arguments.words);
  if (!target)
    return report(io, arguments.client, target.error());
  auto gateway = connect_to(arguments.client);
  if (!gateway)
    return report(io, arguments.client, gateway.error());
  auto readings = ask_readings(*gateway, *target);
  if (!readings)
    return report(io, arguments.client, readings.error());
  std::span<found_reading> without_time{*readings};
  while (!without_time.empty()) {
    auto some = std::min(without_time.size(), client::max_pipelined);
    add_times(*gateway, target->type, without_time.first(some));
    without_time = without_time.subspan(some);
  }
  auto status = gateway->status();
  auto types = client::parse_data_types(status ? *status : "", arguments.client.gateway);
  if (arguments.client.format == output_format::json)
    print_json(io, types, target->type, *readings);
  else
    print_table(io, types, target->type, *readings);
  return exit_codes::ok;
}

void add_get(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<get_arguments>();
  auto* command = app.add_subcommand("get", "Latest reading of a node, or of every active node");
  add_client_options(*command, arguments->client);
  command->add_option("TYPE [NODE]", arguments->words, "for example: GPS, GPS 5 or 5 GPS")
      ->required()
      ->expected(1, 2);
  command->callback(
      [arguments, &exit_code] { exit_code = run_get(*arguments, standard_console()); });
}

} // namespace xylem
