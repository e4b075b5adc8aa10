#include "app/config/configuration_changes.hpp"

#include "app/config/draft.hpp"

namespace xylem {

namespace {

template <class Target>
void compare(std::vector<std::string>& changed, const std::string& table,
             const key_table<Target>& keys, const Target& was, const Target& is) {
  for (const auto& key : keys)
    if (key.show(was) != key.show(is))
      changed.push_back(table.empty() ? key.name : table + '.' + key.name);
}

void compare_mesh(std::vector<std::string>& changed, const std::string& table,
                  const mesh_settings& was, const mesh_settings& is) {
  compare(changed, table, mesh_keys(), mesh_draft{was, false}, mesh_draft{is, false});
  if (was.data_types != is.data_types)
    changed.push_back(table + ".data_type");
}

} // namespace

std::vector<std::string> changed_keys(const gateway_settings& was, const gateway_settings& is) {
  std::vector<std::string> changed;
  compare(changed, "", top_level_keys(), was, is);
  compare(changed, "events", event_keys(), was.events, is.events);
  compare(changed, "web", web_keys(), web_draft{was.web, false}, web_draft{is.web, false});
  compare(changed, "recorder", recorder_keys(), was.recorder, is.recorder);
  compare(changed, "log", log_keys(), was.log, is.log);
  compare(changed, "monitor", monitor_keys(), was.monitor, is.monitor);
  if (was.gateways != is.gateways)
    changed.push_back("gateway");
  if (was.meshes.size() != is.meshes.size())
    changed.push_back("mesh");
  else
    for (std::size_t i = 0; i < was.meshes.size(); ++i)
      compare_mesh(changed, mesh_path(i), was.meshes[i], is.meshes[i]);
  return changed;
}

} // namespace xylem
