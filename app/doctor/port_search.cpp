#include "app/doctor/port_search.hpp"

#include <glob.h>

#include <filesystem>

namespace xylem {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_ports = 256;

std::vector<std::string> matches_of(const std::string& pattern) {
  std::vector<std::string> out;
  glob_t found{};
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc && i < most_ports; ++i)
      out.emplace_back(found.gl_pathv[i]);
  globfree(&found);
  return out;
}

std::string real_path(const std::string& path) {
  std::error_code missing;
  auto real = fs::canonical(path, missing);
  return missing ? std::string{} : real.string();
}

} // namespace

present_ports find_present_ports() {
  present_ports out;
  for (auto pattern : {"/dev/ttyUSB*", "/dev/ttyACM*"})
    for (auto& path : matches_of(pattern))
      out.devices.push_back(std::move(path));
  for (auto pattern : {"/dev/xylem-root*", "/dev/serial/by-id/*"})
    for (auto& path : matches_of(pattern))
      out.names.push_back(std::move(path));
  return out;
}

configured_port find_port(const mesh_settings& mesh, const present_ports& present) {
  configured_port out{.mesh = mesh.name, .serial = mesh.serial};
  out.matches = matches_of(mesh.serial);
  if (out.matches.empty())
    return out;
  out.device = real_path(out.matches.front());
  for (const auto& name : present.names)
    if (real_path(name) == out.device)
      out.own_names.push_back(name);
  return out;
}

} // namespace xylem
