#include "app/config/inherited_listeners.hpp"

#include "app/config/draft.hpp"
#include "app/config/quantity.hpp"

#include <algorithm>

namespace xylem {

namespace {

/// An actor that listens, and its key.
struct listener {
  std::string actor;
  std::string key;
};

std::optional<listener> listener_of(const std::string& name, const gateway_settings& settings) {
  if (name == "web")
    return settings.web.enabled ? std::optional{listener{"web_server", "web.listen"}}
                                : std::nullopt;
  const auto& meshes = settings.meshes;
  auto found = std::ranges::find(meshes, name, &mesh_settings::name);
  if (found == meshes.end() && name == "clients" && meshes.size() == 1)
    found = meshes.begin();
  if (found == meshes.end())
    return std::nullopt;
  return listener{"socket_server/" + found->name,
                  mesh_path(static_cast<std::size_t>(found - meshes.begin())) + ".listen"};
}

} // namespace

std::vector<std::string> give_sockets(inherited_sockets& sockets,
                                      const gateway_settings& settings) {
  std::vector<std::string> sets;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    auto who = listener_of(sockets.name(i), settings);
    const auto& where = sockets.address(i);
    if (!who || !where || sockets.has(who->actor))
      continue;
    sockets.give(i, who->actor);
    sets.push_back(who->key + '=' + show_endpoint(*where));
  }
  return sets;
}

} // namespace xylem
