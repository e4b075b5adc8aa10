#include "app/replay/capture_outline.hpp"

#include <algorithm>

namespace xylem {

namespace {

capture_outline::mesh& mesh_of(capture_outline& outline, const std::string& name) {
  auto known = std::ranges::find(outline.meshes, name, &capture_outline::mesh::name);
  if (known != outline.meshes.end())
    return *known;
  if (outline.meshes.size() == most_captured_meshes)
    throw capture_error{"the capture has more than " + std::to_string(most_captured_meshes)
                        + " meshes"};
  return outline.meshes.emplace_back(capture_outline::mesh{name, {}});
}

} // namespace

capture_outline outline_of(pcap_reader& capture) {
  capture_outline out;
  while (auto packet = capture.next()) {
    ++out.packets;
    auto& mesh = mesh_of(out, packet->mesh);
    if (packet->what.kind == capture_kind::about_mesh && mesh.dialect.empty())
      mesh.dialect = text_of(packet->what.data);
    out.lost += lost_records(packet->what).value_or(0);
  }
  return out;
}

gateway_settings replay_settings(const capture_outline& outline, gateway_settings configured) {
  auto is_captured = [&](const mesh_settings& mesh) {
    return std::ranges::find(outline.meshes, mesh.name, &capture_outline::mesh::name)
           != outline.meshes.end();
  };
  std::erase_if(configured.meshes, [&](const mesh_settings& mesh) { return !is_captured(mesh); });
  for (const auto& mesh : outline.meshes) {
    if (std::ranges::find(configured.meshes, mesh.name, &mesh_settings::name)
        != configured.meshes.end())
      continue;
    mesh_settings made;
    made.name = mesh.name;
    if (!mesh.dialect.empty())
      made.dialect = mesh.dialect;
    configured.meshes.push_back(std::move(made));
  }
  return configured;
}

} // namespace xylem
