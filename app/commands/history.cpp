#include "app/commands/history.hpp"

#include "app/commands/bucket_text.hpp"
#include "app/commands/csv_text.hpp"
#include "app/commands/moment.hpp"
#include "app/commands/reading_target.hpp"
#include "app/commands/reading_text.hpp"
#include "app/commands/table.hpp"
#include "app/config/quantity.hpp"
#include "protocol/iso_time.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace xylem {

namespace {

using client::history_range;
using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto longest_step = 365 * 24h; // web §1
constexpr auto nothing_found = "no reading in this time\n";

constexpr std::size_t usual_readings = 20;

client::error wrong(std::string what) {
  return {client::error_kind::invalid_request, std::move(what)};
}

client::result<reading_target> target_of(const history_arguments& arguments) {
  auto target = parse_reading_target(arguments.words);
  if (target && !(target->node && target->type))
    target = wrong("give a node and a data type");
  return target;
}

/// Shows on a terminal how many there are, as long as more come.
std::function<void(std::size_t)> progress_on(const console& io) {
  if (!io.err_is_terminal)
    return {};
  return [&err = io.err](std::size_t count) { err << '\r' << count << " …" << std::flush; };
}

void end_progress(const console& io) {
  if (io.err_is_terminal)
    io.err << "\r\x1B[K" << std::flush;
}

client::result<history_range> range_of(const history_arguments& arguments, const console& io) {
  auto usual = arguments.step.empty() ? usual_readings : client::max_items;
  history_range range{.limit = arguments.limit > 0 ? arguments.limit : usual,
                      .progress = progress_on(io)};
  for (auto [word, bound] : {std::pair{&arguments.from, &range.from}, {&arguments.to, &range.to}}) {
    if (word->empty())
      continue;
    *bound = parse_moment(*word, io.now);
    if (!*bound)
      return wrong(*word
                   + " is no time: give for example 2h, \"10m ago\", 2026-01-31 or"
                     " 2026-01-31T12:00:00Z");
  }
  return range;
}

/// Zero: readings are wanted, not buckets.
client::result<std::chrono::seconds> step_of(const history_arguments& arguments) {
  if (arguments.step.empty())
    return std::chrono::seconds{0};
  auto step = parse_milliseconds(arguments.step);
  if (!step || *step < 1s || *step > longest_step || *step % 1s != 0ms)
    return wrong(arguments.step + " is no step: give whole seconds such as 10s, 15m, 1h or 1d, at"
                                  " most 365d");
  return std::chrono::duration_cast<std::chrono::seconds>(*step);
}

void print_values(std::ostream& out, wall_time now, type_code code,
                  const std::vector<client::reading_info>& history) {
  table shown{{{"TIME"}, {"AGE", alignment::right}, {to_string(code)}}};
  for (const auto& point : history)
    shown.add(
        {point.time ? iso_time(*point.time) : "-", age_text(point, now), reading_text(point)});
  shown.print(out);
}

int print_readings(const history_arguments& arguments, const console& io, type_code code,
                   const json::array& items) {
  auto readings = client::parse_readings(items);
  if (!readings)
    return report_failure(io, arguments.client, readings.error());
  if (arguments.layout == history_layout::csv)
    print_csv(io.out, *readings);
  else if (readings->empty())
    io.err << nothing_found;
  else
    print_values(io.out, io.now, code, *readings);
  return exit_codes::ok;
}

int print_buckets(const history_arguments& arguments, const console& io,
                  const json::array& items) {
  auto buckets = client::parse_buckets(items);
  if (arguments.layout == history_layout::csv)
    print_csv(io.out, buckets);
  else if (buckets.empty())
    io.err << nothing_found;
  else
    print_table(io.out, buckets);
  return exit_codes::ok;
}

void print_json(const console& io, std::chrono::seconds step, client::history_list history) {
  json::object document;
  if (step > 0s)
    document["step"] = step.count();
  document[step > 0s ? "buckets" : "readings"] = std::move(history.items);
  if (!history.complete)
    document["complete"] = false;
  io.out << client::to_text(document) << '\n';
}

int print(const history_arguments& arguments, const console& io, type_code code,
          std::chrono::seconds step, client::history_list history) {
  if (!history.complete)
    io.err << "the gateway's record could not be asked: there may be more than this, see: xylem"
              " status\n";
  if (arguments.client.format == output_format::json) {
    print_json(io, step, std::move(history));
    return exit_codes::ok;
  }
  return step > 0s ? print_buckets(arguments, io, history.items)
                   : print_readings(arguments, io, code, history.items);
}

} // namespace

int run_history(const history_arguments& arguments, const console& io) {
  auto target = target_of(arguments);
  if (!target)
    return report_failure(io, arguments.client, target.error());
  auto range = range_of(arguments, io);
  if (!range)
    return report_failure(io, arguments.client, range.error());
  auto step = step_of(arguments);
  if (!step)
    return report_failure(io, arguments.client, step.error());
  client::http_gateway gateway{arguments.client.gateway};
  auto mesh = mesh_of(gateway, arguments.client);
  if (!mesh)
    return report_failure(io, arguments.client, mesh.error());
  auto history = *step > 0s
                     ? gateway.buckets(*mesh, *target->node, *target->type, *range, *step)
                     : gateway.history(*mesh, *target->node, *target->type, *range);
  end_progress(io);
  if (!history)
    return report_failure(io, arguments.client, history.error());
  return print(arguments, io, *target->type, *step, *std::move(history));
}

void add_history(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<history_arguments>();
  auto* command = app.add_subcommand("history", "What a node has sent: readings, newest first");
  add_client_options(*command, arguments->client);
  command->add_option("NODE TYPE", arguments->words, "for example: 5 GPS")->required()->expected(2);
  command->add_option("--limit", arguments->limit, "At most this many [20; with --step all]")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, client::max_items));
  command->add_option("--from", arguments->from, "Not older: 2h, \"10m ago\", or a time in UTC")
      ->type_name("TIME");
  command->add_option("--to", arguments->to, "Older than this")->type_name("TIME");
  command->add_option("--step", arguments->step, "Sums of each 10s, 15m, 1h …, oldest first")
      ->type_name("TIME");
  command->add_flag_callback(
      "--csv", [arguments] { arguments->layout = history_layout::csv; }, "For spreadsheets");
  command->callback(
      [arguments, &exit_code] { exit_code = run_history(*arguments, standard_console()); });
}

} // namespace xylem
