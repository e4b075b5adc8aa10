#include "actors/file_descriptor.hpp"
#include "actors/snapshot_files.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xylem {

namespace {

using path = std::filesystem::path;

constexpr std::size_t read_size = 64 * 1024;

[[noreturn]] void fail(const path& file, int code) {
  throw std::system_error{code, std::generic_category(), file.string()};
}

void check(int result, const path& file) {
  if (result < 0)
    fail(file, errno);
}

file_descriptor open_file(const path& file, int flags) {
  file_descriptor opened{::open(file.c_str(), flags | O_CLOEXEC, 0600)};
  check(opened.get(), file);
  return opened;
}

void write_all(const file_descriptor& to, bytes_view rest, const path& file) {
  while (!rest.empty()) {
    auto count = ::write(to.get(), rest.data(), rest.size());
    if (count < 0 && errno != EINTR)
      fail(file, errno);
    rest = rest.subspan(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

/// True while there may be more.
bool read_some(const file_descriptor& from, bytes& content, const path& file) {
  auto have = content.size();
  content.resize(have + read_size);
  auto count = ::read(from.get(), content.data() + have, read_size);
  auto code = errno;
  content.resize(have + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0 && code != EINTR)
    fail(file, code);
  return count != 0;
}

class posix_files final : public file_operations {
public:
  void write_new(const path& file, bytes_view content) override {
    auto opened = open_file(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    write_all(opened, content, file);
    check(::close(opened.release()), file);
  }

  void sync(const path& file) override { check(::fsync(open_file(file, O_RDONLY).get()), file); }

  void rename(const path& from, const path& to) override {
    check(::rename(from.c_str(), to.c_str()), to);
  }

  void sync_folder(const path& folder) override {
    check(::fsync(open_file(folder, O_RDONLY | O_DIRECTORY).get()), folder);
  }

  std::optional<bytes> read(const path& file, std::size_t max_bytes) override {
    // Not blocking: a pipe in its place must not stop the gateway.
    file_descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!opened && errno == ENOENT)
      return std::nullopt;
    check(opened.get(), file);
    struct stat about {};
    check(::fstat(opened.get(), &about), file);
    if (!S_ISREG(about.st_mode))
      fail(file, EINVAL);
    bytes content;
    content.reserve(std::min(static_cast<std::size_t>(about.st_size), max_bytes) + read_size);
    while (read_some(opened, content, file))
      if (content.size() > max_bytes)
        fail(file, EFBIG);
    return content;
  }
};

} // namespace

file_operations& real_files() {
  static posix_files files;
  return files;
}

} // namespace xylem
