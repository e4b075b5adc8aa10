// What no single key of [monitor] and [[gateway]] shows.
#include "app/config/cross_checks.hpp"
#include "app/config/quantity.hpp"
#include "protocol/monitor_names.hpp"

namespace xylem {

namespace {

std::string key_of(std::size_t gateway, std::string_view name) {
  return gateway_path(gateway) + '.' + std::string{name};
}

void report(configuration_draft& draft, const std::string& key, std::string message) {
  draft.report(draft.place_of(key), key, std::move(message));
}

/// Both sides prove who they are.
void check_files(configuration_draft& draft) {
  const auto& monitor = draft.gateway.monitor;
  auto why = monitor.is_followed() ? "monitor.listen needs it"
                                   : "who follows a gateway proves who it is";
  if (!monitor.is_followed() && draft.gateway.gateways.empty())
    return;
  for (const auto& [name, value] : {std::pair{"authority", &monitor.authority},
                                    {"certificate", &monitor.certificate},
                                    {"key", &monitor.key}})
    if (auto key = std::string{"monitor."} + name; value->empty() && draft.usable(key))
      report(draft, key, std::string{"not set, "} + why
                           + ": expected a PEM file, such as `xylem pki issue` makes");
}

void check_gateway(configuration_draft& draft, std::size_t index) {
  const auto& gateways = draft.gateway.gateways;
  const auto& which = gateways[index];
  auto key = key_of(index, "address");
  if (draft.usable(key) && which.address.port == 0)
    report(draft, key,
           which.address.host.empty()
               ? "not set, expected where the gateway is, such as \"gateway.example:7655\""
               : "expected a port other than 0");
  for (std::size_t other = 0; other < index; ++other) {
    if (which.address.port != 0 && which.address == gateways[other].address)
      report(draft, key, in_quotes(show_endpoint(which.address)) + " is followed already");
    else if (!which.name.empty() && which.name == gateways[other].name)
      report(draft, key_of(index, "name"),
             in_quotes(which.name) + " is already that of another gateway");
    else
      continue;
    return;
  }
}

/// Which command reads what.
void check_use(configuration_draft& draft, configuration_use use) {
  auto follows = !draft.gateway.gateways.empty();
  auto has_meshes = !draft.meshes.empty();
  if (use == configuration_use::gateway && follows)
    report(draft, "gateway",
           "`xylem run` follows nobody: [[gateway]] belongs to the configuration of "
           "`xylem monitor`");
  else if (use == configuration_use::monitor && has_meshes)
    report(draft, "mesh",
           "`xylem monitor` has no root of its own: [[mesh]] belongs to the configuration of "
           "`xylem run`");
  else if (use == configuration_use::any && follows && has_meshes)
    report(draft, "gateway",
           "[[mesh]] is for `xylem run` and [[gateway]] for `xylem monitor`, expected one of them");
  else if (use == configuration_use::monitor && !follows && draft.usable("gateway"))
    report(draft, "gateway",
           "no gateway is configured, expected [[gateway]] with its address, "
           "or --set gateway.address=HOST:PORT");
}

} // namespace

void check_monitor(configuration_draft& draft, configuration_use use) {
  check_use(draft, use);
  check_files(draft);
  if (draft.gateway.gateways.size() > monitor_limits::gateways)
    return report(draft, gateway_path(monitor_limits::gateways),
                  "expected at most " + std::to_string(monitor_limits::gateways) + " gateways");
  for (std::size_t i = 0; i < draft.gateway.gateways.size(); ++i)
    check_gateway(draft, i);
}

} // namespace xylem
