#include "app/doctor/port_search.hpp"

#include <glob.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

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

/// Of pseudo terminals; the others are in the kernel's list of terminals.
bool is_pseudo_terminal(unsigned major) noexcept {
  return major >= 136 && major <= 143;
}

bool is_serial_device(const std::string& device) {
  struct stat found {};
  if (stat(device.c_str(), &found) != 0 || !S_ISCHR(found.st_mode))
    return false;
  auto number = std::to_string(major(found.st_rdev)) + ':' + std::to_string(minor(found.st_rdev));
  auto place = real_path("/sys/dev/char/" + number);
  // Without /sys nobody can tell: the gateway finds out when it opens it.
  return is_pseudo_terminal(major(found.st_rdev)) || place.empty()
         || place.find("/tty/") != std::string::npos;
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
  out.is_serial = is_serial_device(out.device);
  for (const auto& name : present.names)
    if (real_path(name) == out.device)
      out.own_names.push_back(name);
  return out;
}

} // namespace xylem
