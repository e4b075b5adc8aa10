#include "app/commands/history.hpp"

#include "app/commands/csv_text.hpp"
#include "app/commands/moment.hpp"
#include "app/commands/reading_target.hpp"
#include "app/commands/reading_text.hpp"
#include "app/commands/table.hpp"
#include "protocol/iso_time.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace xylem {

namespace {

using client::history_range;
namespace json = boost::json;

/// The largest `history_depth` of a gateway.
constexpr std::size_t most_readings = 65'536;

client::result<reading_target> target_of(const history_arguments& arguments) {
  auto target = parse_reading_target(arguments.words);
  if (target && !(target->node && target->type))
    target = client::error{client::error_kind::invalid_request, "give a node and a data type"};
  return target;
}

client::result<history_range> range_of(const history_arguments& arguments, wall_time now) {
  history_range range{{}, {}, arguments.limit};
  for (auto [word, bound] : {std::pair{&arguments.from, &range.from}, {&arguments.to, &range.to}}) {
    if (word->empty())
      continue;
    *bound = parse_moment(*word, now);
    if (!*bound)
      return client::error{client::error_kind::invalid_request,
                           *word
                               + " is no time: give for example 2h, \"10m ago\", 2026-01-31 or"
                                 " 2026-01-31T12:00:00Z"};
  }
  return range;
}

void print_table(const console& io, type_code code,
                 const std::vector<client::reading_info>& history) {
  table shown{{{"TIME"}, {"AGE", alignment::right}, {to_string(code)}}};
  for (const auto& point : history)
    shown.add(
        {point.time ? iso_time(*point.time) : "-", age_text(point, io.now), reading_text(point)});
  if (shown.empty())
    io.err << "no reading in this time\n";
  else
    shown.print(io.out);
}

int print(const history_arguments& arguments, const console& io, type_code code,
          json::array history) {
  auto readings = client::parse_readings(history);
  if (!readings)
    return report(io, arguments.client, readings.error());
  if (arguments.client.format == output_format::json)
    io.out << client::to_text(json::object{{"readings", std::move(history)}}) << '\n';
  else if (arguments.layout == history_layout::csv)
    print_csv(io.out, *readings);
  else
    print_table(io, code, *readings);
  return exit_codes::ok;
}

} // namespace

int run_history(const history_arguments& arguments, const console& io) {
  auto target = target_of(arguments);
  if (!target)
    return report(io, arguments.client, target.error());
  auto range = range_of(arguments, io.now);
  if (!range)
    return report(io, arguments.client, range.error());
  client::http_gateway gateway{arguments.client.gateway};
  auto mesh = mesh_of(gateway, arguments.client);
  if (!mesh)
    return report(io, arguments.client, mesh.error());
  auto history = gateway.history(*mesh, *target->node, *target->type, *range);
  if (!history)
    return report(io, arguments.client, history.error());
  return print(arguments, io, *target->type, *std::move(history));
}

void add_history(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<history_arguments>();
  auto* command = app.add_subcommand("history", "Readings of one node and type, newest first");
  add_client_options(*command, arguments->client);
  command->add_option("NODE TYPE", arguments->words, "for example: 5 GPS")->required()->expected(2);
  command->add_option("--limit", arguments->limit, "At most this many readings [20]")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, most_readings));
  command->add_option("--from", arguments->from, "Not older: 2h, \"10m ago\", or a time in UTC")
      ->type_name("TIME");
  command->add_option("--to", arguments->to, "Older than this")->type_name("TIME");
  command->add_flag_callback(
      "--csv", [arguments] { arguments->layout = history_layout::csv; }, "For spreadsheets");
  command->callback(
      [arguments, &exit_code] { exit_code = run_history(*arguments, standard_console()); });
}

} // namespace xylem
