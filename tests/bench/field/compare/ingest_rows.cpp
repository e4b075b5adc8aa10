#include "load_runs.hpp"
#include "rows.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/process_usage.hpp"

namespace xylem::bench {

namespace {

using words = std::vector<std::string>;

/// 22 bytes each.
const words flood_of_updates{"--types", "ABC", "--value-size", "10", "--traffic", "updates"};

words with(words first, const words& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// The same updates, with the same writes, into the gateway and into a plain reader.
void compare_once(session& run, const std::string& suffix, const std::string& frames_per_write) {
  words how{"--duration", number(run.pick(2, 1)), "--frames-per-write", frames_per_write};
  auto gateway = start_gateway(run, {.root = with(flood_of_updates, how)});
  run.found.add("ingest", "xylem" + suffix, session::result_of(gateway.root));
  gateway.server.process.stop();
  auto core = std::to_string(run.options().server_core);
  run.found.add("ingest", "raw pty" + suffix,
                run.run_tool(with({"raw-pty", "--reader-core", core}, how)));
}

/// Of one connection each, so few that the gateway has time left when it is idle.
const words eight_readers{"--clients", "8",   "--rate",       "2000",
                          "--type",    "ABC", "--value-size", "10"};

/// Their requests, from being sent until the reply was: with a rate, what the readers themselves
/// are late by does not count.
boost::json::object run_readers(session& run, const running_server& server, double duration_s) {
  auto figures = run_load(run, server, with(eight_readers, {"--duration", number(duration_s)}));
  if (figures.at("arrivals") != "kernel")
    run.tell(
        "the kernel does not tell when replies came: latency has what the readers are late by");
  return figures;
}

/// What the machine alone does to readers: an echo server's, while a plain reader on the same core
/// drains a flood of the same rate.
void measure_flooded_echo(session& run, double duration_s, double rate) {
  auto echo = start_echo(run);
  auto flood = run.start_tool({"raw-pty", "--reader-core",
                               std::to_string(run.options().server_core), "--writer-gives-way",
                               "--rate", number(rate), "--duration", number(duration_s + 2)});
  run.found.add("ingest-endurance", "flooded echo", run_readers(run, echo, duration_s));
  run.found.add("ingest-endurance", "plain reader", session::result_of(flood));
}

} // namespace

void measure_ingest(session& run) {
  for (auto round = 1; round <= run.rounds(); ++round) {
    compare_once(run, "", "1");
    compare_once(run, ", 4 KiB", "186");
  }
}

/// One long run. The root gives way to the readers, who are on its core and ask at a rate.
void measure_ingest_endurance(session& run) {
  const std::string row = "ingest-endurance";
  auto duration_s = run.pick(60, 10);
  auto filling_s = duration_s / 6; // until all that is bounded is full
  auto gateway = start_gateway(run, {.root = {"--types", "ABC", "--value-size", "10", "--stay"}});
  const auto& server = gateway.server;
  run.found.add(row, "idle", run_readers(run, server, filling_s));
  gateway.root.stop();

  auto root = start_root(run, gateway, with(flood_of_updates, {"--duration", number(duration_s)}),
                         urgency::gives_way);
  std::this_thread::sleep_for(std::chrono::duration<double>{filling_s});
  auto before = usage_of(server.pid()).rss_bytes;
  run.found.add(row, "flooded", run_readers(run, server, duration_s - filling_s - 2));
  auto after = usage_of(server.pid()).rss_bytes;
  auto figures = session::result_of(root);
  figures["rss_bytes_before"] = before;
  figures["rss_bytes_after"] = after;
  figures["rss_growth_bytes"] =
      static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
  run.found.add(row, "xylem", figures);
  measure_flooded_echo(run, filling_s, figures.at("rate").to_number<double>());
}

void measure_replug(session& run) {
  auto count = std::to_string(run.options().is_quick ? 50 : 1000);
  auto gateway = start_gateway(run, {.root = {"--traffic", "unplugs", "--count", count}});
  run.found.add("replug", "xylem", session::result_of(gateway.root, 600));
}

} // namespace xylem::bench
