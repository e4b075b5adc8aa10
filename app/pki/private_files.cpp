#include "app/pki/private_files.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace xylem::pki {

namespace {

constexpr std::size_t longest_file = 4 * 1024 * 1024;
constexpr mode_t of_others = 077;

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error{path + ": " + std::generic_category().message(errno)};
}

struct stat about(const file_descriptor& file, const std::string& path) {
  struct stat found {};
  if (fstat(file.get(), &found) != 0)
    fail(path);
  return found;
}

void write_all(const file_descriptor& file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    auto count = ::write(file.get(), text.data(), text.size());
    if (count < 0 && errno != EINTR)
      fail(path);
    text.remove_prefix(static_cast<std::size_t>(count < 0 ? 0 : count));
  }
}

/// A file that is removed again unless it got its name.
class temporary_file {
public:
  explicit temporary_file(const std::string& path)
      : path_{path + ".XXXXXX"}, file_{mkostemp(path_.data(), O_CLOEXEC)} { // mode 0600
    if (!file_)
      fail(path_);
  }

  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  ~temporary_file() {
    if (!path_.empty())
      unlink(path_.c_str());
  }

  void write(std::string_view text) {
    write_all(file_, text, path_);
    if (fsync(file_.get()) != 0)
      fail(path_);
  }

  void become(const std::string& path) {
    if (rename(path_.c_str(), path.c_str()) != 0)
      fail(path);
    path_.clear();
  }

private:
  std::string path_;
  file_descriptor file_;
};

} // namespace

private_folder::private_folder(std::string path, if_missing what) : path_{std::move(path)} {
  while (path_.size() > 1 && path_.ends_with('/'))
    path_.pop_back();
  if (what == if_missing::make && mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST)
    fail(path_);
  folder_ = file_descriptor{open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder_)
    fail(path_);
  if ((about(folder_, path_).st_mode & of_others) != 0)
    throw std::runtime_error{path_ + " may be entered by others: chmod 700 " + path_};
  while (flock(folder_.get(), LOCK_EX) != 0)
    if (errno != EINTR)
      fail(path_);
}

bool private_folder::has(std::string_view name) const {
  struct stat found {};
  return lstat((*this / name).c_str(), &found) == 0;
}

std::optional<std::string> private_folder::read(std::string_view name) const {
  auto path = *this / name;
  file_descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file && errno == ENOENT)
    return std::nullopt;
  if (!file)
    fail(path);
  auto found = about(file, path);
  if (!S_ISREG(found.st_mode))
    throw std::runtime_error{path + ": not a regular file"};
  if (name.ends_with(".key") && (found.st_mode & of_others) != 0)
    throw std::runtime_error{path + " may be read by others: chmod 600 " + path};
  std::string text;
  std::array<char, 16 * 1024> room{};
  for (;;) {
    auto count = ::read(file.get(), room.data(), room.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      fail(path);
    if (count == 0)
      return text;
    if (text.size() + static_cast<std::size_t>(count) > longest_file)
      throw std::runtime_error{path + ": longer than 4 MiB"};
    text.append(room.data(), static_cast<std::size_t>(count));
  }
}

void private_folder::write(std::string_view name, std::string_view text) const {
  temporary_file made{*this / name};
  made.write(text);
  made.become(*this / name);
  if (fsync(folder_.get()) != 0)
    fail(path_);
}

} // namespace xylem::pki
