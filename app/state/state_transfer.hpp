#pragma once

#include "protocol/time.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace xylem {

/// Writes snapshot and database of a state_dir, which may be in use, to a .tar.gz (record §6).
/// Returns the names of what is in it; throws state_error.
std::vector<std::string> export_state(const std::filesystem::path& folder,
                                      const std::filesystem::path& archive,
                                      const std::string& xylem_version);

struct import_settings {
  bool replace = false; ///< a state that is there is set aside
  std::optional<std::vector<std::string>> meshes{}; ///< those that are configured, when it is known
  wall_time now{};
};

/// What an import did.
struct imported_state {
  std::vector<std::string> files{};
  std::filesystem::path set_aside{}; ///< where the former state is now; empty: there was none
};

/// Takes an archived state over into a state_dir that nobody uses. Throws std::runtime_error; then
/// the folder is what it was.
imported_state import_state(const std::filesystem::path& archive,
                            const std::filesystem::path& folder, const import_settings& settings);

} // namespace xylem
