#pragma once

#include "actors/settings.hpp"

namespace xylem {

/// An open descriptor, or why there is none.
struct device_result {
  int descriptor = -1;
  std::string error{};
};

/// Opens and configures the tty at `path`, non-blocking and exclusively.
device_result open_serial_device(const std::string& path, const mesh_settings& settings);

/// `pid 1234 (minicom)`, as far as this user may see; empty when nobody is found.
std::string describe_holder(const std::string& path);

} // namespace xylem
