#pragma once

#include "actors/file_descriptor.hpp"

#include <filesystem>

namespace xylem {

/// The folder of what outlives the process (record §1), and that nobody else uses it now.
class state_folder {
public:
  /// Makes the folder, 0700, and takes its lock. Throws std::runtime_error: it cannot be made, or
  /// whose it is.
  explicit state_folder(std::filesystem::path path);

  std::filesystem::path database() const { return path_ / "history.db"; }
  const std::filesystem::path& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
  file_descriptor lock_;
};

} // namespace xylem
