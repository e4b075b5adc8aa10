#include "actors/file_version.hpp"

#include <cerrno>

#include <sys/stat.h>

namespace xylem {

std::optional<file_version> version_of(const std::string& path, std::error_code& error) {
  struct stat found {};
  error.clear();
  if (path.empty())
    return std::nullopt;
  if (::stat(path.c_str(), &found) == 0)
    return file_version{found.st_ino, found.st_size,
                        std::int64_t{found.st_ctim.tv_sec} * 1'000'000'000 + found.st_ctim.tv_nsec};
  if (errno != ENOENT && errno != ENOTDIR)
    error = {errno, std::generic_category()};
  return std::nullopt;
}

} // namespace xylem
