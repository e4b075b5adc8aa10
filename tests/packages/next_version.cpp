#include "protocol/version.hpp"

/// Of the program that stands for the next one; see CMakeLists.txt.
std::string_view xylem::software_version() noexcept {
  return "next";
}
