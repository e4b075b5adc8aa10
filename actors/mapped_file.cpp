#include "actors/mapped_file.hpp"

#include "actors/file_descriptor.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace xylem {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file, int error) {
  throw std::system_error{error, std::generic_category(), file.string()};
}

} // namespace

mapped_file::mapped_file(const std::filesystem::path& file, std::size_t size) {
  file_descriptor opened{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!opened)
    fail(file, errno);
  auto length = static_cast<off_t>(size);
  if (::ftruncate(opened.get(), length) != 0)
    fail(file, errno);
  if (auto error = ::posix_fallocate(opened.get(), 0, length))
    fail(file, error);
  // Populated: in a file in memory who writes is not held up by a fault.
  auto memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                       opened.get(), 0);
  if (memory == MAP_FAILED)
    fail(file, errno);
  memory_ = {static_cast<std::byte*>(memory), size};
}

mapped_file::~mapped_file() {
  if (!memory_.empty())
    ::munmap(memory_.data(), memory_.size());
}

} // namespace xylem
