#include "app/replay/temporary_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <unistd.h>

namespace xylem {

temporary_file::temporary_file() {
  auto name = (std::filesystem::temp_directory_path() / "xylem-XXXXXX").string();
  auto file = mkstemp(name.data());
  if (file < 0)
    throw std::runtime_error{name + ": " + std::strerror(errno)};
  close(file);
  path_ = name;
}

temporary_file::~temporary_file() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

std::string temporary_file::content() const {
  std::ifstream in{path_, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace xylem
