#include "app/sim/pty_port.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace xylem {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

std::string device_of(int master) {
  std::array<char, 64> name{};
  if (grantpt(master) != 0 || unlockpt(master) != 0
      || ptsname_r(master, name.data(), name.size()) != 0)
    fail("cannot make a pseudo terminal");
  return name.data();
}

file_descriptor open_device(const std::string& device) {
  return file_descriptor{open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
}

/// Without echo and line editing, so that nothing changes before the gateway has set its own
/// mode. Only after it was opened and closed once does the master report that nobody is there.
void open_raw_and_close(const std::string& device) {
  auto slave = open_device(device);
  termios mode{};
  if (!slave || tcgetattr(slave.get(), &mode) != 0)
    fail("cannot open " + device);
  cfmakeraw(&mode);
  cfsetspeed(&mode, B115200);
  if (tcsetattr(slave.get(), TCSANOW, &mode) != 0)
    fail("cannot set the mode of " + device);
}

} // namespace

pty_port::pty_port(std::string link) : link_{std::move(link)} {
  auto present = fs::symlink_status(link_);
  if (!link_.empty() && fs::exists(present) && !fs::is_symlink(present))
    throw std::system_error{EEXIST, std::generic_category(),
                            link_ + " is no symbolic link and stays as it is"};
  plug();
}

void pty_port::plug() {
  file_descriptor master{posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)};
  if (!master)
    fail("cannot make a pseudo terminal");
  device_ = device_of(master.get());
  open_raw_and_close(device_);
  master_ = std::move(master);
  if (!link_.empty())
    publish();
}

void pty_port::unplug() noexcept {
  if (is_plugged() && link_is_ours())
    ::unlink(link_.c_str());
  master_.close();
}

bool pty_port::is_open() const noexcept {
  pollfd state{master_.get(), POLLIN, 0};
  if (!is_plugged() || poll(&state, 1, 0) < 0)
    return false;
  return (state.revents & POLLIN) != 0 || (state.revents & POLLHUP) == 0;
}

bytes_view pty_port::read(std::span<std::byte> buffer) noexcept {
  auto count = ::read(master_.get(), buffer.data(), buffer.size());
  return buffer.first(count > 0 ? static_cast<std::size_t>(count) : 0);
}

std::size_t pty_port::write(bytes_view data) noexcept {
  auto count = ::write(master_.get(), data.data(), data.size());
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void pty_port::renew() {
  if (auto slave = open_device(device_)) {
    tcflush(slave.get(), TCIOFLUSH);
    ioctl(slave.get(), TIOCNXCL);
    return;
  }
  if (is_open())
    return;
  // The exclusive mode locks us out too. The new terminal mostly gets the number of the old one.
  master_.close();
  plug();
}

void pty_port::publish() const {
  // Replaced in one step: who follows the link never finds it missing or half made.
  auto fresh = link_ + "." + std::to_string(getpid()) + ".new";
  ::unlink(fresh.c_str());
  if (symlink(device_.c_str(), fresh.c_str()) != 0)
    fail("cannot create " + fresh);
  if (rename(fresh.c_str(), link_.c_str()) == 0)
    return;
  auto error = errno;
  ::unlink(fresh.c_str());
  errno = error;
  fail("cannot create " + link_);
}

bool pty_port::link_is_ours() const noexcept {
  std::error_code none;
  return !link_.empty() && fs::read_symlink(link_, none) == device_;
}

} // namespace xylem
