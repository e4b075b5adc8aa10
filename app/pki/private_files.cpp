#include "app/pki/private_files.hpp"

#include "actors/remote/pem_file.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace xylem::pki {

namespace {

constexpr mode_t of_others = 077;

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error{path + ": " + std::generic_category().message(errno)};
}

void check_private(const file_descriptor& folder, const std::string& path) {
  struct stat found {};
  if (fstat(folder.get(), &found) != 0)
    fail(path);
  if ((found.st_mode & of_others) != 0)
    throw std::runtime_error{path + " may be entered by others: chmod 700 " + path};
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
  check_private(folder_, path_);
  while (flock(folder_.get(), LOCK_EX) != 0)
    if (errno != EINTR)
      fail(path_);
}

bool private_folder::has(std::string_view name) const {
  struct stat found {};
  return lstat((*this / name).c_str(), &found) == 0;
}

std::optional<std::string> private_folder::read(std::string_view name) const {
  if (!has(name))
    return std::nullopt;
  return read_pem_file(*this / name,
                       name.ends_with(".key") ? pem_secrecy::owner_only : pem_secrecy::open_to_all);
}

void private_folder::write(std::string_view name, std::string_view text) const {
  temporary_file made{*this / name};
  made.write(text);
  made.become(*this / name);
  if (fsync(folder_.get()) != 0)
    fail(path_);
}

} // namespace xylem::pki
