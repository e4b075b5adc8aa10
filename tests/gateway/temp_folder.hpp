#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <stdlib.h>

namespace xylem::testing {

/// A folder of its own for one test; goes away with it.
class temp_folder {
public:
  temp_folder() : path_{(std::filesystem::temp_directory_path() / "xylem-test-XXXXXX").string()} {
    if (mkdtemp(path_.data()) == nullptr)
      throw std::runtime_error{"cannot create " + path_};
  }

  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;

  ~temp_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{*this / name} << text;
    return *this / name;
  }

private:
  std::string path_;
};

} // namespace xylem::testing
