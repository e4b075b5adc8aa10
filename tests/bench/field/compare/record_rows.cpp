#include "rows.hpp"
#include "servers.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/gateway_probe.hpp"
#include "tests/bench/field/shared/http_request.hpp"
#include "tests/bench/field/shared/process_usage.hpp"
#include "tests/bench/field/shared/sockets.hpp"
#include "tests/bench/field/tools/exchange.hpp"

#include <boost/json/parse.hpp>

#include <sys/socket.h>

namespace xylem::bench {

namespace {

using words = std::vector<std::string>;

void sleep_s(double time_s) {
  std::this_thread::sleep_for(std::chrono::duration<double>{time_s});
}

/// What the recorder says of itself; all zero when there is none.
struct record_sums {
  std::int64_t received = 0;
  std::int64_t recorded = 0;
  std::int64_t not_recorded = 0;
  std::int64_t waiting = 0;
  std::int64_t written_bytes = 0;
};

record_sums sums_of(const running_gateway& gateway) {
  auto status = gateway_status(gateway.web);
  const auto& recorder = status.at("recorder");
  if (!recorder.as_object().contains("events"))
    return {};
  auto number = [&](const char* pointer) {
    return recorder.at_pointer(pointer).to_number<std::int64_t>();
  };
  return {number("/events/received"), number("/events/recorded"), number("/events/not_recorded"),
          number("/events/waiting"), number("/written_today")};
}

/// Once all is written.
record_sums last_sums_of(const running_gateway& gateway) {
  auto sums = sums_of(gateway);
  for (auto tries = 0; sums.waiting > 0 && tries < 100; ++tries) {
    sleep_s(0.1);
    sums = sums_of(gateway);
  }
  return sums;
}

/// A state_dir of its own for each gateway.
words state_in(session& run, const std::string& name) {
  auto folder = run.file(name);
  std::filesystem::remove_all(folder);
  return {"state_dir=" + folder};
}

struct record_plan {
  std::string name;
  words sets;
};

/// 20,000 frames a second, one a write. Each hundredth is a message, which a listener times.
void record_once(session& run, const record_plan& plan) {
  constexpr auto rate = 20'000;
  constexpr auto message_every = 100;
  auto frames = rate * static_cast<int>(run.pick(10, 5));
  auto gateway = start_gateway(
      run, {.sets = plan.sets,
            .root = {"--nodes", "1000", "--traffic", "updates", "--rate", std::to_string(rate),
                     "--count", std::to_string(frames), "--message-every",
                     std::to_string(message_every), "--settle", "1.5"}});
  auto listener = run.start_tool({"listen", "--server", gateway.server.address, "--protocol",
                                  "xylem", "--count", std::to_string(frames / message_every)});
  if (!listener.await_error_text("ready", 30))
    throw std::runtime_error{"the listener is not ready: " + listener.errors()};
  auto sums_before = sums_of(gateway);
  auto before = usage_of(gateway.server.pid());
  auto figures = session::result_of(gateway.root);
  sleep_s(0.5); // what the recorder still has to do is part of it
  auto after = usage_of(gateway.server.pid());
  auto sums = last_sums_of(gateway);
  auto io_s = after.main_cpu_s - before.main_cpu_s;
  figures["io_us_per_frame"] = io_s * 1e6 / frames;
  figures["recorder_us_per_frame"] = (after.cpu_s - before.cpu_s - io_s) * 1e6 / frames;
  figures["written_bytes_per_frame"] =
      static_cast<double>(sums.written_bytes - sums_before.written_bytes) / frames;
  figures["not_recorded"] = sums.not_recorded;
  figures["unaccounted"] = sums.received - sums.recorded - sums.not_recorded - sums.waiting;
  figures["received"] = sums.received;
  figures["listener"] = session::result_of(listener);
  run.found.add("record", plan.name, figures);
}

/// Whether the right reply came; nobody listens yet, or another one came: false.
bool is_answered(const std::string& server, const exchange& what) {
  try {
    auto connection = connect_to(address_of(server), std::chrono::seconds{2});
    send_all(connection.get(), what.request);
    std::string room(4096, '\0');
    auto count = recv(connection.get(), room.data(), room.size(), 0);
    return count > 0
           && room.substr(0, static_cast<std::size_t>(count)).find(what.reply) != std::string::npos;
  } catch (const std::exception&) {
    return false;
  }
}

double await_answer_s(const std::string& server, const exchange& what, std::uint64_t start_ns) {
  constexpr auto patience_s = 60.0;
  while (!is_answered(server, what)) {
    if (seconds(start_ns, now_ns()) > patience_s)
      throw std::runtime_error{"no right answer after the start: " + what.request};
    std::this_thread::sleep_for(1ms);
  }
  return seconds(start_ns, now_ns());
}

void restart_once(session& run, const running_gateway& was, const words& sets,
                  const known_readings& known) {
  auto by_socket = make_exchanges(asked_protocol::xylem, known).back();
  auto by_http = make_exchanges(asked_protocol::http, known).back();
  auto start_ns = now_ns();
  auto again = start_again(run, was, sets);
  auto socket_s = await_answer_s(was.server.address, by_socket, start_ns);
  auto http_s = await_answer_s(was.web, by_http, start_ns);
  auto cpu_s = usage_of(again.pid()).cpu_s;
  auto stop_ns = now_ns();
  again.process.stop(60);
  run.found.add("restart", "xylem",
                {{"get_s", socket_s},
                 {"http_s", http_s},
                 {"cpu_s", cpu_s},
                 {"stop_s", seconds(stop_ns, now_ns())}});
}

/// Time until a page of buckets over all of them came.
void ask_for_month(session& run, const running_gateway& gateway, const std::string& whose,
                   std::int64_t readings, const std::string& step) {
  auto start_ns = now_ns();
  auto connection = connect_to(address_of(gateway.web));
  send_all(connection.get(),
           http_get("/api/v1/meshes/default/nodes/1/history/GPS?step=" + step, "close"));
  auto answer = receive_rest(connection.get());
  auto time_s = seconds(start_ns, now_ns());
  auto page = boost::json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
  std::int64_t counted = 0;
  for (const auto& bucket : page.at("buckets").as_array())
    counted += bucket.at("count").to_number<std::int64_t>();
  run.found.add("month", whose,
                {{"seconds", time_s}, {"counted", counted}, {"missing", readings - counted}});
}

} // namespace

/// The same frames with and without a record.
void measure_record(session& run) {
  for (auto round = 1; round <= run.rounds(); ++round) {
    record_once(run, {"plain", {}});
    auto state = state_in(run, "state-record");
    record_once(run, {"recorded", state});
    state = state_in(run, "state-record");
    state.emplace_back("recorder.sync=false");
    record_once(run, {"not synced", state});
  }
}

/// A gateway that ended in order starts again, and there is no root that tells it anything.
void measure_restart(session& run) {
  const known_readings known{.nodes = 30'000, .type = "ABC", .size = 6};
  auto sets = state_in(run, "state-restart");
  sets.emplace_back("mesh.history_depth=10");
  auto gateway = start_gateway(run, {.sets = sets,
                                     .root = {"--nodes", std::to_string(known.nodes), "--types",
                                              known.type, "--readings", "10", "--stay"}});
  gateway.root.stop();
  gateway.server.process.stop(60);
  for (auto round = 1; round <= run.rounds(); ++round)
    restart_once(run, gateway, sets, known);
}

/// As many readings of one node as a month of one a minute, and 999 others with some.
void measure_month(session& run) {
  constexpr std::int64_t readings = 30 * 24 * 60;
  auto gateway = start_gateway(run, {.sets = state_in(run, "state-month"),
                                     .root = {"--nodes", "1000", "--readings", "10", "--stay"}});
  gateway.root.stop();
  auto root = start_root(run, gateway,
                         {"--nodes", "1", "--readings", "0", "--traffic", "updates", "--rate",
                          "20000", "--count", std::to_string(readings)},
                         urgency::normal);
  session::result_of(root);
  last_sums_of(gateway);
  for (auto round = 1; round <= run.rounds(); ++round) {
    ask_for_month(run, gateway, "step 1 h", readings + 10, "3600");
    ask_for_month(run, gateway, "step 1 s", readings + 10, "1");
  }
}

} // namespace xylem::bench
