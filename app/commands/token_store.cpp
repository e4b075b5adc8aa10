#include "app/commands/token_store.hpp"

#include "actors/file_descriptor.hpp"
#include "actors/token_file.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

namespace xylem {

namespace {

using namespace std::chrono_literals;

/// Who holds the lock reads and writes one small file.
constexpr auto longest_wait = 10s;
constexpr auto pause_between_attempts = 10ms;

constexpr std::size_t random_bytes = 32;

std::string reason_of(int code) {
  return std::generic_category().message(code);
}

std::string failed(const std::string& path) {
  return path + ": " + reason_of(errno);
}

std::string folder_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// The lock lives in a file of its own, which stays: the token file itself is replaced.
std::optional<std::string> lock(file_descriptor& file, const std::string& path) {
  file = file_descriptor{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  struct stat folder {};
  if (!file || stat(folder_of(path).c_str(), &folder) != 0)
    return failed(path);
  // Root's would lock out the gateway's user.
  if (geteuid() == 0 && fchown(file.get(), folder.st_uid, folder.st_gid) != 0)
    return failed(path);
  auto end = std::chrono::steady_clock::now() + longest_wait;
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return failed(path);
    if (std::chrono::steady_clock::now() > end)
      return path + ": another process holds it";
    std::this_thread::sleep_for(pause_between_attempts);
  }
  return std::nullopt;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    auto count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno != EINTR)
      return false;
    text.remove_prefix(static_cast<std::size_t>(count < 0 ? 0 : count));
  }
  return true;
}

/// Root writes for the gateway's user: the file belongs to whom it belonged to, a new one to
/// whom its folder belongs to.
bool give_away(int descriptor, const std::string& path) {
  struct stat owner {};
  if (geteuid() != 0)
    return true;
  if (stat(path.c_str(), &owner) != 0 && stat(folder_of(path).c_str(), &owner) != 0)
    return false;
  return fchown(descriptor, owner.st_uid, owner.st_gid) == 0;
}

bool sync_folder(const std::string& folder) {
  file_descriptor opened{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return opened && fsync(opened.get()) == 0;
}

std::optional<std::string> replace(const std::string& path, std::string_view text) {
  auto temporary = path + ".XXXXXX";
  file_descriptor file{mkostemp(temporary.data(), O_CLOEXEC)}; // mode 0600
  if (!file)
    return failed(temporary);
  auto is_written = write_all(file.get(), text) && give_away(file.get(), path)
                    && fsync(file.get()) == 0 && rename(temporary.c_str(), path.c_str()) == 0;
  if (!is_written) {
    auto reason = failed(path);
    unlink(temporary.c_str());
    return reason;
  }
  if (!sync_folder(folder_of(path)))
    return failed(folder_of(path));
  return std::nullopt;
}

std::string base64url(std::span<const unsigned char> data) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_";
  constexpr auto bits_a_digit = 6;
  std::string out;
  auto waiting = 0U;
  auto bits = 0;
  for (auto byte : data) {
    waiting = waiting << 8 | byte;
    for (bits += 8; bits >= bits_a_digit; bits -= bits_a_digit)
      out += digits[waiting >> (bits - bits_a_digit) & 0x3F];
  }
  if (bits > 0)
    out += digits[waiting << (bits_a_digit - bits) & 0x3F];
  return out;
}

} // namespace

std::optional<std::string> change_tokens(const std::string& path, const token_change& change) {
  file_descriptor guard;
  if (auto wrong = lock(guard, path + ".lock"))
    return wrong;
  auto read = read_tokens(path);
  if (auto* wrong = std::get_if<std::string>(&read))
    return std::move(*wrong);
  auto& tokens = std::get<std::vector<token_record>>(read);
  if (auto wrong = change(tokens))
    return wrong;
  return replace(path, to_text(tokens));
}

std::string new_token() {
  std::array<unsigned char, random_bytes> secret{};
  if (getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size()))
    throw std::system_error{errno, std::generic_category(), "no random bytes"};
  return "xyl_" + base64url(secret);
}

} // namespace xylem
