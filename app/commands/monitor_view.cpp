#include "app/commands/monitor_view.hpp"

#include "app/client/json_view.hpp"
#include "protocol/event_ring.hpp"
#include "protocol/monitor_names.hpp"

namespace xylem {

namespace {

/// Higher than terminals are.
constexpr std::size_t kept_lines = 200;

constexpr auto rate_period = std::chrono::seconds{1};

} // namespace

void monitor_view::keep(std::deque<std::string>& list, std::string line) {
  list.push_front(std::move(line));
  if (list.size() > kept_lines)
    list.pop_back();
}

void monitor_view::event(const followed_event& which) {
  std::lock_guard guard{lock_};
  for (auto& [position, known] : gateways_) {
    if (known.shown.name != which.gateway)
      continue;
    ++known.events;
    if (auto gap = gap_of(which.what))
      known.shown.missed += gap->count;
  }
  if (auto found = meshes_.find(which.mesh); found != meshes_.end())
    ++found->second.events;
  if (!filter_.matches(which))
    return;
  auto is_trouble = which.what.kind == event_kind::incident || which.what.kind == event_kind::gap;
  keep(is_trouble ? incidents_ : events_, text_line(which));
}

void monitor_view::change(const gateway_change& what) {
  std::lock_guard guard{lock_};
  auto& known = gateways_[what.position];
  known.shown.name = what.gateway;
  known.shown.state = what.state;
  known.shown.reason = what.reason;
  std::vector<std::string> paths;
  for (const auto& mesh : what.meshes) {
    auto path = mesh_path(what.gateway, mesh.name).value_or(mesh.name);
    auto& shown = meshes_[path].shown;
    shown.path = path;
    shown.link = mesh.link;
    shown.reason = mesh.link_reason;
    paths.push_back(std::move(path));
  }
  for (const auto& path : known.meshes)
    if (std::ranges::find(paths, path) == paths.end())
      meshes_.erase(path);
  known.meshes = std::move(paths);
}

void monitor_view::progress(const gateway_progress& how) {
  std::lock_guard guard{lock_};
  auto is_behind = how.newest.epoch == how.reached.epoch && how.newest.seq > how.reached.seq;
  for (auto& [position, known] : gateways_)
    if (known.shown.name == how.gateway)
      known.shown.behind = is_behind ? how.newest.seq - how.reached.seq : 0;
}

void monitor_view::count_nodes(const boost::json::object& status) {
  boost::json::value document(status);
  std::lock_guard guard{lock_};
  for (const auto& told : client::json_view{document}["meshes"].items()) {
    auto found = meshes_.find(told["name"].text());
    if (found == meshes_.end())
      continue;
    auto nodes = told["nodes"];
    auto& shown = found->second.shown;
    shown.active = nodes["active"].count().value_or(0);
    shown.idle = nodes["idle"].count().value_or(0);
    shown.disconnected = nodes["disconnected"].count().value_or(0);
  }
}

void monitor_view::take_rates(mono_time now) {
  auto span = now - rated_.value_or(now);
  if (rated_ && span < rate_period)
    return;
  auto seconds = std::chrono::duration<double>(span).count();
  auto take = [&](auto& counted) {
    auto events = static_cast<double>(std::exchange(counted.events, 0));
    counted.shown.rate = rated_ ? events / seconds : 0;
  };
  for (auto& [position, known] : gateways_)
    take(known);
  for (auto& [path, known] : meshes_)
    take(known);
  rated_ = now;
}

screen_model monitor_view::look(instant now) {
  std::lock_guard guard{lock_};
  take_rates(now.mono);
  screen_model model;
  model.now = now.wall;
  for (const auto& [position, known] : gateways_)
    model.gateways.push_back(known.shown);
  for (const auto& [path, known] : meshes_)
    model.meshes.push_back(known.shown);
  model.incidents.assign(incidents_.begin(), incidents_.end());
  model.events.assign(events_.begin(), events_.end());
  return model;
}

} // namespace xylem
