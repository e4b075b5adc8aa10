// What the supervisor tells of itself and of all others.
#include "actors/supervisor.hpp"

#include "actors/log_repeats.hpp"
#include "actors/process_usage.hpp"
#include "actors/status_collector.hpp"
#include "protocol/json.hpp"
#include "protocol/version.hpp"

#include <unistd.h>

namespace xylem {

namespace {

/// An actor that has not answered by then is named as silent.
constexpr auto status_timeout = std::chrono::seconds{1};

/// The newest incidents are told; all of them are counted.
constexpr std::size_t shown_incidents = 50;

boost::json::object to_json(const incident& what) {
  return {{"id", what.number},
          {"actor", what.actor},
          {"cause", what.cause},
          {"start", iso_time(what.start.wall)},
          {"end", what.end ? boost::json::value(iso_time(what.end->wall)) : nullptr},
          {"lost", what.lost}};
}

double unix_seconds(wall_time time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

} // namespace

template <class Handle>
void supervisor_core::ask(const Handle& whom, const std::string& name,
                          const std::shared_ptr<status_collector>& collector) {
  if (!whom)
    return;
  self_->request(whom, status_timeout, status_atom::value)
    .then([name, collector](
            actor_status& answer) { collector->answered(name, std::move(answer.body)); },
          [name, collector](const caf::error&) { collector->silent(name); });
}

void supervisor_core::tick() {
  env_.log.tell_repeats();
  self_->delayed_send(supervisor_actor{self_}, log_repeat_limits{}.window, tick_atom::value);
}

caf::result<actor_status> supervisor_core::status() {
  boost::json::array actors;
  auto degraded = false;
  for (const auto& who : children_) {
    auto parked = who.state == child_state::parked;
    degraded = degraded || parked;
    auto state = parked ? "parked" : who.state == child_state::running ? "running" : "waiting";
    actors.push_back({{"name", name_of(who)},
                      {"state", state},
                      {"waits_for", who.waits_for},
                      {"restarts", who.restarts}});
  }
  auto uptime = std::chrono::duration<double>(env_.clock.now().mono - started_.mono).count();
  boost::json::object base{{"version", software_version()},
                           {"state", degraded ? "degraded" : "ok"},
                           {"uptime_seconds", uptime},
                           {"pid", getpid()},
                           {"process", process_usage()},
                           {"actors", std::move(actors)},
                           {"incidents", incidents_json()},
                           {"restarts", restarts_json()}};
  base["process"].as_object()["start_time"] = unix_seconds(started_.wall);
  std::vector<std::string> names;
  for (const auto& mesh : meshes_)
    names.push_back(mesh.settings.name);
  auto promise = self_->make_response_promise<actor_status>();
  auto collector = std::make_shared<status_collector>(
    std::move(base), std::move(names), [promise](boost::json::object all) mutable {
      promise.deliver(actor_status{std::move(all)});
    });
  ask(hub_, "event_hub", collector);
  ask(web_server_, "web_server", collector);
  ask(recorder_, "recorder", collector);
  ask(monitor_gate_, "monitor_gate", collector);
  for (std::size_t i = 0; i < gateways_.size(); ++i)
    ask(gateways_[i].link, "gateway_link/" + to_text(settings_.gateways[i]), collector);
  for (const auto& [settings, speech, actors_of, watch, gateway] : meshes_) {
    ask(actors_of.uart, "uart/" + settings.name, collector);
    ask(actors_of.network_manager, "network_manager/" + settings.name, collector);
    ask(actors_of.node_cache, "node_cache/" + settings.name, collector);
    ask(actors_of.socket_server, "socket_server/" + settings.name, collector);
    ask(actors_of.capture, "capture/" + settings.name, collector);
  }
  return promise;
}

boost::json::object supervisor_core::incidents_json() const {
  boost::json::array recent;
  const auto& all = incidents_.incidents();
  for (auto i = all.size() - std::min(all.size(), shown_incidents); i < all.size(); ++i)
    recent.push_back(to_json(all[i]));
  return {{"total", incidents_.total()}, {"recent", std::move(recent)}};
}

boost::json::object supervisor_core::incidents(incident_query asked) const {
  boost::json::array page;
  const auto& all = incidents_.incidents();
  auto next = std::uint64_t{0};
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    if (asked.before != 0 && each->number >= asked.before)
      continue;
    if (page.size() == asked.limit) {
      next = (each - 1)->number;
      break;
    }
    page.push_back(to_json(*each));
  }
  boost::json::object out{{"incidents", std::move(page)}};
  if (next != 0)
    out["next"] = std::to_string(next);
  return out;
}

boost::json::object supervisor_core::restarts_json() const {
  boost::json::object out;
  for (const auto& [role, times] : restart_times_)
    out[to_string(role)] = times.to_json();
  return out;
}

} // namespace xylem
