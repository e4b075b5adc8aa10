#include "actors/remote/pem_file.hpp"

#include "actors/file_descriptor.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace xylem {

namespace {

/// A list of 100,000 revoked certificates.
constexpr std::size_t longest_file = 4 * 1024 * 1024;
constexpr mode_t of_others = 077;

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error{path + ": " + std::generic_category().message(errno)};
}

void check(int descriptor, const std::string& path, pem_secrecy secrecy) {
  struct stat found {};
  if (fstat(descriptor, &found) != 0)
    fail(path);
  if (!S_ISREG(found.st_mode))
    throw std::runtime_error{path + ": not a regular file"};
  if (secrecy == pem_secrecy::owner_only && (found.st_mode & of_others) != 0)
    throw std::runtime_error{path + " may be read by others: chmod 600 " + path};
}

} // namespace

std::string read_pem_file(const std::string& path, pem_secrecy secrecy) {
  // Not blocking: a pipe in its place must not stop the process.
  file_descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file)
    fail(path);
  check(file.get(), path, secrecy);
  std::string text;
  std::array<char, 16 * 1024> room{};
  for (;;) {
    auto count = read(file.get(), room.data(), room.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      fail(path);
    if (count == 0)
      return text;
    text.append(room.data(), static_cast<std::size_t>(count));
    if (text.size() > longest_file)
      throw std::runtime_error{path + ": longer than 4 MiB"};
  }
}

} // namespace xylem
