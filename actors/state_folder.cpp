#include "actors/state_folder.hpp"

#include "protocol/bytes.hpp"

#include <array>
#include <cerrno>
#include <random>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace xylem {

namespace {

constexpr std::string_view identity_name = "identity";

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw std::runtime_error{"state_dir " + path.string() + ": " + why};
}

/// Its number is in the lock, for people.
std::string holder_of(int lock) {
  std::array<char, 16> text{};
  auto size = ::pread(lock, text.data(), text.size(), 0);
  std::string holder{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  while (!holder.empty() && holder.back() == '\n')
    holder.pop_back();
  return holder.empty() ? "another process" : "process " + holder;
}

} // namespace

std::error_code make_private_folder(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error))
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  return error;
}

std::string identity_of_state(const std::filesystem::path& folder) {
  auto path = folder / identity_name;
  if (auto error = make_private_folder(folder))
    throw std::system_error{error, folder.string()};
  file_descriptor made{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  std::random_device random;
  bytes drawn;
  append_big(drawn, random());
  append_big(drawn, random());
  auto name = to_hex(drawn);
  if (made && ::write(made.get(), name.data(), name.size()) == static_cast<ssize_t>(name.size()))
    return name;
  file_descriptor there{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  auto size = there ? ::read(there.get(), name.data(), name.size()) : -1;
  if (size < 0)
    throw std::system_error{errno, std::generic_category(), path.string()};
  name.resize(static_cast<std::size_t>(size));
  return name;
}

void forget_identity(const std::filesystem::path& folder) {
  std::error_code none_there;
  std::filesystem::remove(folder / identity_name, none_there);
}

state_folder::state_folder(std::filesystem::path path) : path_{std::move(path)} {
  if (auto error = make_private_folder(path_))
    fail(path_, "cannot be made: " + error.message());
  auto open_lock = [&](int how) {
    return file_descriptor{::open((path_ / "lock").c_str(), how | O_CLOEXEC | O_NOFOLLOW, 0600)};
  };
  lock_ = open_lock(O_RDWR | O_CREAT);
  if (!lock_ && errno == EROFS) // a disk that failed: what is on it can still be read
    lock_ = open_lock(O_RDONLY);
  if (!lock_)
    fail(path_, "cannot be written: " + std::generic_category().message(errno));
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    fail(path_, "is in use by " + holder_of(lock_.get()));
  auto number = std::to_string(::getpid()) + '\n';
  // For people alone: nothing depends on it.
  if (::ftruncate(lock_.get(), 0) != 0
      || ::pwrite(lock_.get(), number.data(), number.size(), 0) < 0)
    return;
}

} // namespace xylem
