#include "peers.hpp"
#include "rows.hpp"

namespace xylem::bench {

namespace {

using words = std::vector<std::string>;

const words thousand{"--connections", "1000"};

/// What is sent: so many messages, so many a second, 0: flat out.
struct message_plan {
  int count;
  double rate;
  std::string size = "64";

  words options() const {
    return {"--count", std::to_string(count), "--rate", number(rate), "--message-size", size};
  }
};

words with(words first, const words& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

child_process start_listeners(session& run, const served_address& server, const words& how,
                              int count) {
  auto tool =
      run.start_tool(with({"listen", "--server", server.address, "--protocol", server.protocol,
                           "--pid", std::to_string(server.pid), "--count", std::to_string(count)},
                          how));
  if (!tool.await_error_text("ready", 30))
    throw std::runtime_error{server.name + ": listeners are not ready: " + tool.errors()};
  return tool;
}

words root_options(const message_plan& plan) {
  // The listeners come while the root settles.
  return with({"--traffic", "messages", "--settle", "1.5"}, plan.options());
}

boost::json::object push_by_gateway(session& run, const words& listeners,
                                    const message_plan& plan) {
  auto gateway = start_gateway(run, {.root = root_options(plan)});
  auto tool = start_listeners(run, gateway.server, listeners, plan.count);
  auto out = session::result_of(tool);
  out["root"] = session::result_of(gateway.root);
  return out;
}

boost::json::object push_by_broker(session& run, const running_server& broker,
                                   const message_plan& plan) {
  auto tool = start_listeners(run, broker, thousand, plan.count);
  auto publisher = run.start_tool(
      with({"publish", "--server", broker.address, "--protocol", broker.protocol}, plan.options()));
  auto out = session::result_of(tool);
  session::result_of(publisher);
  return out;
}

/// From a terminal: socat and ser2net know nothing of messages.
void push_by_bridge(session& run, const std::string& name,
                    running_server (*start)(session&, const std::string&),
                    const message_plan& plan) {
  auto link = run.file("bridge");
  auto root = run.start_tool(with({"root", "--link", link}, root_options(plan)));
  while (!std::filesystem::exists(link) && root.is_running())
    root.wait(0.01);
  auto bridge = start_peer<const std::string&>(run, "latency", name, start, link);
  if (!bridge)
    return;
  // ser2net opens the terminal when a client has come.
  auto tool = start_listeners(run, *bridge, {}, plan.count);
  run.found.add("latency", name, session::result_of(tool));
}

void compare_fan_out(session& run, const std::string& row, const message_plan& plan) {
  auto mosquitto = start_peer(run, row, "mosquitto", start_mosquitto);
  auto redis = start_peer(run, row, "redis", start_redis);
  for (auto round = 1; round <= run.rounds(); ++round) {
    run.found.add(row, "xylem", push_by_gateway(run, thousand, plan));
    if (mosquitto)
      run.found.add(row, "mosquitto", push_by_broker(run, *mosquitto, plan));
    if (redis)
      run.found.add(row, "redis", push_by_broker(run, *redis, plan));
  }
}

/// A listener that never reads has filled what the kernel keeps for it, before the others come.
/// The gateway's own bounds are off: nothing disconnects it.
void push_past_one(session& run, const std::string& name, const words& slow,
                   const message_plan& plan) {
  const message_plan filling{20'000, 0, "250"};
  auto gateway = start_gateway(
      run, {.sets = {"mesh.listener_queue=1000000", "mesh.listener_queue_bytes=1 GiB"},
            .root = root_options(filling)});
  auto never_reads = start_listeners(run, gateway.server, with({"--connections", "0"}, slow), 0);
  session::result_of(gateway.root);
  auto root = start_root(run, gateway, root_options(plan));
  auto tool = start_listeners(run, gateway.server, thousand, plan.count);
  run.found.add("slow-listener", name, session::result_of(tool));
}

} // namespace

void measure_latency(session& run) {
  const message_plan plan{static_cast<int>(run.pick(2000, 1000)), 500};
  for (auto round = 1; round <= run.rounds(); ++round) {
    run.found.add("latency", "xylem", push_by_gateway(run, {}, plan));
    push_by_bridge(run, "socat", start_socat, plan);
    push_by_bridge(run, "ser2net", start_ser2net, plan);
  }
}

void measure_fan_out(session& run) {
  compare_fan_out(run, "fan-out", {static_cast<int>(run.pick(200, 60)), 20});
}

/// No more messages than the gateway keeps for a listener that is late.
void measure_fan_out_flood(session& run) {
  compare_fan_out(run, "fan-out-flood", {static_cast<int>(run.pick(1000, 500)), 0});
}

/// The same messages to the listeners of the client socket, and to WebSockets.
void measure_fan_out_web(session& run) {
  const message_plan plan{static_cast<int>(run.pick(200, 60)), 20};
  for (auto round = 1; round <= run.rounds(); ++round)
    for (auto web : {false, true}) {
      auto gateway = start_gateway(run, {.root = root_options(plan)});
      auto whom = web ? gateway.on_web("websocket") : static_cast<served_address>(gateway.server);
      auto tool = start_listeners(run, whom, thousand, plan.count);
      run.found.add("fan-out-web", web ? "websocket" : "socket", session::result_of(tool));
      session::result_of(gateway.root);
    }
}

void measure_slow_listener(session& run) {
  const message_plan plan{static_cast<int>(run.pick(200, 60)), 20};
  for (auto round = 1; round <= run.rounds(); ++round) {
    push_past_one(run, "without", {}, plan);
    push_past_one(run, "with", {"--slow", "1"}, plan);
  }
}

} // namespace xylem::bench
