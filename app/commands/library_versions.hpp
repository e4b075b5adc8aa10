#pragma once

#include <string>
#include <vector>

namespace xylem {

/// A library of this program. What is only headers has one version, that of the build.
struct library_version {
  std::string name;
  std::string running; ///< what was loaded
  std::string built;   ///< what the compiler saw; empty: that library does not say
};

std::vector<library_version> library_versions();

/// `0.17.6` of `/usr/lib/libcaf_core.so.0.17.6`; empty when there is none.
std::string version_in_file_name(const std::string& path);

} // namespace xylem
