#include "app/monitor/gateway_teller.hpp"

#include "protocol/monitor_names.hpp"

namespace xylem {

wall_time gateway_teller::now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

gateway_teller::gateway_teller(const monitor_callbacks& callbacks, wall_clock clock)
    : callbacks_{callbacks}, clock_{std::move(clock)} {}

void gateway_teller::start_at(std::string gateway, cursor from) {
  positions_.insert_or_assign(std::move(gateway), from);
}

std::optional<cursor> gateway_teller::starts_at(const std::string& gateway) {
  auto found = positions_.find(gateway);
  return found == positions_.end() ? std::nullopt : std::optional{found->second};
}

void gateway_teller::changed(const following_status& now) {
  know(now);
  if (callbacks_.change)
    callbacks_.change({now.name, now.gateway, now.state, now.reason, now.meshes});
}

void gateway_teller::told(const following_status& gateway, const event_page& page) {
  const auto& from = know(gateway);
  if (page.gap)
    tell_gap(gateway, page);
  for (const auto& what : page.events)
    tell(from, what, page.reached.epoch);
  if (callbacks_.progress)
    callbacks_.progress({gateway.name, page.reached, page.newest});
  positions_.insert_or_assign(gateway.name, page.reached);
}

/// Names and data types are made once, not for each event.
const gateway_teller::known_gateway& gateway_teller::know(const following_status& gateway) {
  auto& known = gateways_[gateway.gateway];
  if (known.name == gateway.name && known.told == gateway.meshes)
    return known;
  known = {gateway.meshes, gateway.name, {}};
  for (const auto& told : gateway.meshes) {
    auto path = mesh_path(gateway.name, told.name);
    auto& made = known.meshes.emplace_back(known_mesh{path.value_or(told.name), {}});
    for (const auto& type : told.types)
      made.types.declare(type);
  }
  return known;
}

/// Behind it comes the first event, or what the page has reached without one.
void gateway_teller::tell_gap(const following_status& gateway, const event_page& page) {
  auto gap = *page.gap;
  auto behind = page.events.empty() ? page.reached.seq : page.events.front().seq - 1;
  gap.seq = behind;
  gap.time = clock_();
  tell({gateway.name, gateway.name, gap, {page.reached.epoch, behind}, predefined_});
}

/// A mesh that is not known yet has its number for a name.
void gateway_teller::tell(const known_gateway& of, const event& what, std::uint64_t epoch) {
  cursor reached{epoch, what.seq};
  if (what.mesh.value < of.meshes.size()) {
    const auto& mesh = of.meshes[what.mesh.value];
    return tell({of.name, mesh.path, what, reached, mesh.types});
  }
  auto path = of.name + "/mesh-" + std::to_string(what.mesh.value);
  tell({of.name, path, what, reached, predefined_});
}

void gateway_teller::tell(const followed_event& which) {
  if (callbacks_.event)
    callbacks_.event(which);
  positions_.insert_or_assign(std::string{which.gateway}, which.reached);
}

} // namespace xylem
