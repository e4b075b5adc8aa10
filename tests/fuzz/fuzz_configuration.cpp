#include "app/config/configuration.hpp"
#include "app/config/keys.hpp"

#include <algorithm>
#include <cstdlib>

using namespace xylem;

namespace {

/// The input is a file; behind a NUL each line is a --set.
configuration_source source_of(std::string_view input) {
  configuration_source out{"fuzz.toml", {}, {}, {}};
  auto end = std::min(input.find('\0'), input.size());
  out.text = input.substr(0, end);
  input.remove_prefix(std::min(end + 1, input.size()));
  while (!input.empty()) {
    auto line = input.substr(0, input.find('\n'));
    out.sets.emplace_back(line);
    input.remove_prefix(std::min(line.size() + 1, input.size()));
  }
  return out;
}

/// A key takes back what it shows only when that is within its range.
template <class Target>
void require_ranges(const key_table<Target>& keys, const Target& target) {
  for (const auto& key : keys) {
    auto shown = key.show(target);
    std::erase(shown, '"');
    Target copy;
    if (!key.set(copy, written_value::untyped(shown)) || key.show(copy) != key.show(target))
      std::abort();
  }
}

void require_valid(const gateway_settings& settings) {
  require_ranges(top_level_keys(), settings);
  require_ranges(event_keys(), settings.events);
  require_ranges(log_keys(), settings.log);
  require_ranges(monitor_keys(), settings.monitor);
  for (const auto& gateway : settings.gateways)
    require_ranges(followed_gateway_keys(), gateway);
  for (const auto& allowed : settings.monitor.allow)
    require_ranges(allowed_monitor_keys(), allowed);
  if (settings.meshes.empty() == settings.gateways.empty())
    std::abort();
  for (const auto& mesh : settings.meshes) {
    require_ranges(mesh_keys(), mesh_draft{mesh, false});
    if (mesh.serial.empty() || mesh.idle_after >= mesh.disconnected_after)
      std::abort();
    for (const auto& type : mesh.data_types)
      if (type.code.size() == 0 || type.fields.empty() || type.length().value_or(0) > 255)
        std::abort();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto source = source_of({reinterpret_cast<const char*>(data), size});
  auto loaded = load_configuration(source);
  if (auto settings = std::get_if<gateway_settings>(&loaded)) {
    require_valid(*settings);
    return 0;
  }
  const auto& problems = std::get<configuration_problems>(loaded);
  if (problems.empty() || problems.size() > 101)
    std::abort();
  for (const auto& problem : problems)
    if (problem.message.empty() || describe(problem, source.text).empty())
      std::abort();
  return 0;
}
