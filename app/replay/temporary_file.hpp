#pragma once

#include <filesystem>
#include <string>

namespace xylem {

/// A file that nobody else can read, and that goes with this.
class temporary_file {
public:
  temporary_file(); ///< throws std::runtime_error
  ~temporary_file();

  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string content() const;

private:
  std::filesystem::path path_;
};

} // namespace xylem
