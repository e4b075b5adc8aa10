#include "rows.hpp"
#include "servers.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/gateway_probe.hpp"
#include "tests/bench/field/shared/process_usage.hpp"
#include "tests/bench/field/shared/sockets.hpp"

#include <array>

namespace xylem::bench {

namespace {

using words = std::vector<std::string>;

constexpr auto events_per_second = 5'000;
constexpr auto message_every = 10;

/// So many may follow with one name.
constexpr std::size_t of_one_name = 4;

std::string name_of(std::size_t monitor) {
  return "office" + std::to_string(monitor / of_one_name);
}

/// A folder with certificates for the gateway and so many monitors.
std::string make_pki(session& run, std::size_t monitors) {
  auto folder = run.file("pki");
  words command{run.options().xylem, "pki", "init", "--dir", folder, "gateway"};
  for (std::size_t i = 0; i < monitors; i += of_one_name)
    command.push_back(name_of(i));
  auto made = run.serve(command);
  if (made.wait(30) != 0)
    throw std::runtime_error{"no certificates: " + made.errors()};
  return folder;
}

/// A gateway that monitors may follow.
struct followed_gateway {
  running_gateway gateway;
  std::string address; ///< of its gate
  std::string pki;
  pid_t gate = 0;
};

followed_gateway start_followed(session& run, const std::string& pki, std::size_t monitors) {
  auto address = "127.0.0.1:" + std::to_string(free_port());
  words how{"--monitor", address, "--pki", pki, "--name", "gateway"};
  for (std::size_t i = 0; i < std::max<std::size_t>(monitors, 1); i += of_one_name)
    how.insert(how.end(), {"--allow", name_of(i)});
  followed_gateway out{start_gateway(run, {.root = {"--nodes", "1000"}, .arguments = how}), address,
                       pki};
  auto status = gateway_status(out.gateway.web);
  out.gate = status.at_pointer("/monitor_gate/pid").to_number<pid_t>();
  return out;
}

/// `command` is of the tool that follows; returns when it does.
child_process start_following(session& run, const followed_gateway& whom, words command,
                              const words& how, urgency urgent) {
  command.insert(command.begin(), session::beside("xylem_bench_monitor"));
  command.insert(command.end(), {"--gateway", whom.address, "--pki", whom.pki});
  command.insert(command.end(), how.begin(), how.end());
  auto monitor = run.start_load(command, urgent);
  if (!monitor.await_error_text("ready", 60))
    throw std::runtime_error{"a monitor does not follow: " + monitor.errors()};
  return monitor;
}

/// How many follow; the first one is measured, or nobody is.
struct audience {
  const char* named;
  std::size_t monitors;
  bool measured;
};

/// Those who are not measured give way: elsewhere they have machines of their own.
class followers {
public:
  followers(session& run, const followed_gateway& whom, const audience& who, int frames) {
    if (who.measured)
      measured_.emplace(
          start_following(run, whom, {"follow"},
                          {"--name", name_of(0), "--count", std::to_string(frames / message_every)},
                          urgency::first));
    words others{"--count", std::to_string(frames)};
    auto first = std::size_t{who.measured};
    for (auto i = first; i < who.monitors; ++i)
      others.insert(others.end(), {"--name", name_of(i)});
    if (who.monitors > first)
      others_.emplace(start_following(run, whom, {"crowd"}, others, urgency::gives_way));
  }

  /// Of those that are not measured: what they did not get, gaps, and connections.
  void tell(boost::json::object& figures) {
    figures["lost_by_others"] = 0;
    if (measured_)
      figures["monitor"] = session::result_of(*measured_);
    if (!others_)
      return;
    auto heard = session::result_of(*others_);
    std::int64_t lost = 0;
    for (const auto* what : {"missing", "gaps", "losses"})
      lost += heard.at(what).to_number<std::int64_t>();
    figures["lost_by_others"] = lost;
    figures["others"] = heard;
  }

private:
  std::optional<child_process> measured_;
  std::optional<child_process> others_;
};

void follow_once(session& run, const std::string& pki, const audience& who) {
  auto traffic_s = static_cast<int>(run.pick(10, 5));
  auto frames = events_per_second * traffic_s;
  auto messages = frames / message_every;
  auto whom = start_followed(run, pki, who.monitors);
  followers following{run, whom, who, frames};
  auto listener = run.start_tool({"listen", "--kernel-arrivals", "--server",
                                  whom.gateway.server.address, "--count", std::to_string(messages)},
                                 urgency::first);
  if (!listener.await_error_text("ready", 30))
    throw std::runtime_error{"the listener is not ready: " + listener.errors()};
  auto root = start_root(run, whom.gateway,
                         {"--nodes", "1000", "--traffic", "updates", "--rate",
                          std::to_string(events_per_second), "--count", std::to_string(frames),
                          "--message-every", std::to_string(message_every), "--settle", "1"},
                         urgency::first);
  auto gateway_before = usage_of(whom.gateway.server.pid()).cpu_s;
  auto gate_before = usage_of(whom.gate).cpu_s;
  auto figures = session::result_of(root);
  auto percent = [&](double used_s) { return used_s / traffic_s * 100; };
  auto gateway_s = usage_of(whom.gateway.server.pid()).cpu_s - gateway_before;
  auto gate_s = usage_of(whom.gate).cpu_s - gate_before;
  figures["gateway_percent"] = percent(gateway_s);
  figures["gate_percent"] = percent(gate_s);
  figures["both_percent"] = percent(gateway_s + gate_s);
  figures["listener"] = session::result_of(listener);
  following.tell(figures);
  run.found.add("monitors", who.named, figures);
}

/// Between two processes of plain CAF.
void round_trip_once(session& run) {
  auto tool = session::beside("xylem_bench_monitor");
  auto port = std::to_string(free_port());
  auto echo = run.serve({tool, "caf-echo", "--port", port});
  if (!echo.await_error_text("ready", 10))
    throw std::runtime_error{"plain CAF does not listen: " + echo.errors()};
  auto load = run.start_load({tool, "caf-load", "--port", port}, urgency::first);
  run.found.add("monitors", "plain CAF", {{"monitor", session::result_of(load)}});
}

} // namespace

/// The same gateway and the same mesh, with nobody, one and twenty who follow.
void measure_monitors(session& run) {
  constexpr std::size_t many = 20;
  constexpr auto audiences = std::array{audience{"0", 0, false}, audience{"1", 1, true},
                                        audience{"20", many, true},
                                        audience{"20, none measured", many, false}};
  auto pki = make_pki(run, many);
  for (auto round = 1; round <= run.rounds(); ++round) {
    round_trip_once(run);
    for (const auto& who : audiences)
      follow_once(run, pki, who);
  }
}

} // namespace xylem::bench
