#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace xylem {

/// Tells whether a file is another one than before: within one tick of the kernel two changes have
/// the same time.
struct file_version {
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t changed = 0; ///< its status, also its owner and mode; ns since 1970

  bool operator==(const file_version&) const = default;
};

/// Nothing and no error: there is no file.
std::optional<file_version> version_of(const std::string& path, std::error_code& error);

} // namespace xylem
