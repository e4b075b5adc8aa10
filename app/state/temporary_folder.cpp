#include "app/state/temporary_folder.hpp"

#include "app/state/state_archive.hpp"

#include <stdlib.h>

#include <cerrno>
#include <cstring>

namespace xylem {

temporary_folder::temporary_folder(const std::filesystem::path& beginning) {
  auto name = beginning.string() + "XXXXXX";
  if (mkdtemp(name.data()) == nullptr)
    throw state_error{name + ": " + std::strerror(errno)};
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace xylem
