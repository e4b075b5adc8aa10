#pragma once

#include "actors/file_descriptor.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Files that their owner alone may read. Everything throws std::runtime_error: `path: why`.
namespace xylem::pki {

/// A folder for its owner alone, and that no other process changes it.
class private_folder {
public:
  enum class if_missing : std::uint8_t { fail, make };

  /// Waits for another process that holds it. Throws also for one that others may enter.
  private_folder(std::string path, if_missing what);

  std::string operator/(std::string_view name) const { return path_ + '/' + std::string{name}; }
  const std::string& path() const noexcept { return path_; }

  bool has(std::string_view name) const;

  /// Nothing: there is no such file. A key that others may read is an error.
  std::optional<std::string> read(std::string_view name) const;

  /// The whole file or nothing of it, 0600 from the beginning, on disk when this returns.
  void write(std::string_view name, std::string_view text) const;

private:
  std::string path_;
  file_descriptor folder_;
};

} // namespace xylem::pki
