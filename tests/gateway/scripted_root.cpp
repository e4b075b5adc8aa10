#include "scripted_root.hpp"

#include "waiting.hpp"
#include "wire.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

namespace xylem::testing {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

} // namespace

void scripted_root::attach(file_descriptor line) {
  stream_.clear();
  line_ = std::move(line);
}

void scripted_root::detach() {
  heard();
  line_.close();
}

void scripted_root::say(std::string_view payload) {
  print(frame(payload));
}

void scripted_root::print(std::string_view raw) {
  while (!raw.empty()) {
    if (!wait_for(line(), POLLOUT))
      throw std::runtime_error{"the gateway does not read its port"};
    auto count = ::write(line(), raw.data(), raw.size());
    if (count < 0 && errno != EAGAIN)
      fail("cannot write to the gateway's port");
    raw.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    bytes_said_ += static_cast<std::uint64_t>(std::max<ssize_t>(count, 0));
  }
}

const std::vector<std::string>& scripted_root::heard() {
  std::array<char, 4096> room;
  for (;;) {
    auto count = line_ ? ::read(line(), room.data(), room.size()) : 0;
    if (count <= 0)
      break;
    bytes_heard_ += static_cast<std::uint64_t>(count);
    stream_.append(room.data(), static_cast<std::size_t>(count));
  }
  while (auto payload = take_frame(stream_))
    heard_.push_back(*std::move(payload));
  return heard_;
}

std::size_t scripted_root::count(std::string_view command) {
  return static_cast<std::size_t>(std::ranges::count(heard(), command));
}

void scripted_root::await_command(std::string_view command, std::size_t times) {
  await("the root gets " + std::string{command}, [&] { return count(command) >= times; });
}

// -- a pseudo terminal

void pty_root::plug() {
  attach(make_line());
  publish();
}

void pty_root::unplug() {
  ::unlink(link_.c_str());
  device_end_.close();
  detach();
}

void pty_root::exchange() {
  auto old_end = std::move(device_end_);
  heard();
  auto next = make_line();
  publish();
  old_end.close();
  attach(std::move(next));
}

void pty_root::freeze() const {
  if (tcflow(device_end_.get(), TCOOFF) != 0)
    fail("cannot stop " + device_);
}

void pty_root::thaw() const {
  if (tcflow(device_end_.get(), TCOON) != 0)
    fail("cannot start " + device_);
}

file_descriptor pty_root::make_line() {
  file_descriptor master{posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)};
  std::array<char, 64> name{};
  if (!master || grantpt(master.get()) != 0 || unlockpt(master.get()) != 0
      || ptsname_r(master.get(), name.data(), name.size()) != 0)
    fail("cannot make a pseudo terminal");
  device_ = name.data();
  device_end_ = file_descriptor{open(device_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)};
  termios mode{};
  if (!device_end_ || tcgetattr(device_end_.get(), &mode) != 0)
    fail("cannot open " + device_);
  cfmakeraw(&mode);
  if (tcsetattr(device_end_.get(), TCSANOW, &mode) != 0)
    fail("cannot set the mode of " + device_);
  return master;
}

void pty_root::publish() const {
  auto fresh = link_ + ".new";
  if (symlink(device_.c_str(), fresh.c_str()) != 0 || rename(fresh.c_str(), link_.c_str()) != 0)
    fail("cannot create " + link_);
}

// -- a ser2net

tcp_root::tcp_root() {
  open_door();
}

void tcp_root::open_door() {
  file_descriptor door{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port_);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  int yes = 1;
  setsockopt(door.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (!door || bind(door.get(), raw, size) != 0 || ::listen(door.get(), 8) != 0
      || getsockname(door.get(), raw, &size) != 0)
    fail("cannot listen as a ser2net");
  port_ = ntohs(address.sin_port);
  door_ = std::move(door);
}

void tcp_root::accept() {
  if (!wait_for(door_.get(), POLLIN))
    throw std::runtime_error{"the gateway does not connect"};
  attach(file_descriptor{accept4(door_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)});
}

} // namespace xylem::testing
