#pragma once

#include "actors/file_descriptor.hpp"

#include <filesystem>
#include <string>
#include <system_error>

namespace xylem {

/// Makes the folder, 0700, unless it is there.
std::error_code make_private_folder(const std::filesystem::path& path);

/// Names the state in a folder: another one, in the same place, has another name. Throws
/// std::system_error.
std::string identity_of_state(const std::filesystem::path& folder);

/// Another state is in the folder now.
void forget_identity(const std::filesystem::path& folder);

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
