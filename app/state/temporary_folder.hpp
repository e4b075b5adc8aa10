#pragma once

#include <filesystem>

namespace xylem {

/// A folder that goes away with all that is in it; its owner's alone.
class temporary_folder {
public:
  /// Its name begins with `beginning`, which is a path. Throws state_error.
  explicit temporary_folder(const std::filesystem::path& beginning);
  ~temporary_folder();

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

} // namespace xylem
