#include "service_manager.hpp"

#include "waiting.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace xylem::testing {

namespace {

void require(bool holds, const char* what) {
  if (!holds)
    throw std::runtime_error{std::string{what} + ": " + std::strerror(errno)};
}

constexpr auto first_inherited = 3;

} // namespace

service_manager::service_manager()
    : listening_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  auto path = folder_ / "notify";
  path.copy(where.sun_path, sizeof where.sun_path - 1);
  require(::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0,
          "bind");
}

/// Without close-on-exec: the service inherits it.
std::uint16_t service_manager::open(const std::string& name, const std::string& address) {
  file_descriptor opened{::socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in where{};
  where.sin_family = AF_INET;
  require(::inet_pton(AF_INET, address.c_str(), &where.sin_addr) == 1, "inet_pton");
  auto* any = reinterpret_cast<sockaddr*>(&where);
  socklen_t size = sizeof where;
  require(::bind(opened.get(), any, size) == 0, "bind");
  require(::listen(opened.get(), 64) == 0, "listen");
  require(::getsockname(opened.get(), any, &size) == 0, "getsockname");
  hand(name, std::move(opened));
  return ntohs(where.sin_port);
}

void service_manager::hand(const std::string& name, file_descriptor descriptor) {
  sockets_.push_back({name, std::move(descriptor)});
}

/// A shell, as the process id must be known before the program runs. It moves the descriptors to
/// where a service expects them, out of each other's way first.
std::vector<std::string> service_manager::start(const std::vector<std::string>& arguments,
                                                std::uint64_t watchdog) const {
  std::ostringstream script;
  script << "export NOTIFY_SOCKET='" << folder_.path() << "/notify'\n";
  if (watchdog > 0)
    script << "export WATCHDOG_USEC=" << watchdog << " WATCHDOG_PID=$$\n";
  std::string names;
  constexpr auto away = 100;
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    script << "exec " << away + i << "<&" << sockets_[i].descriptor.get() << '\n';
    names += (i == 0 ? "" : ":") + sockets_[i].name;
  }
  for (std::size_t i = 0; i < sockets_.size(); ++i)
    script << "exec " << first_inherited + i << "<&" << away + i << ' ' << away + i << "<&-\n";
  if (!sockets_.empty())
    script << "export LISTEN_PID=$$ LISTEN_FDS=" << sockets_.size() << " LISTEN_FDNAMES='" << names
           << "'\n";
  script << "exec \"$@\"\n";
  std::vector<std::string> words{"-c", script.str(), "service", XYLEM_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

void service_manager::hear() {
  std::array<char, 4096> buffer{};
  for (;;) {
    auto size = ::recv(listening_.get(), buffer.data(), buffer.size(), 0);
    if (size < 0)
      return;
    std::istringstream text{std::string{buffer.data(), static_cast<std::size_t>(size)}};
    for (std::string line; std::getline(text, line);)
      lines_.push_back(line);
  }
}

void service_manager::await_line(const std::string& line) {
  await("the service says " + line, [&] { return times(line) > 0; });
}

void service_manager::await_status(const std::string& part) {
  await("the status says " + part, [&] {
    hear();
    return std::ranges::any_of(lines_, [&](const std::string& each) {
      return each.starts_with("STATUS=") && each.find(part) != std::string::npos;
    });
  });
}

std::size_t service_manager::times(const std::string& line) {
  hear();
  return static_cast<std::size_t>(std::ranges::count(lines_, line));
}

void service_manager::forget() {
  hear();
  lines_.clear();
}

} // namespace xylem::testing
