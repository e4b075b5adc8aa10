#include "app/doctor/port_listener.hpp"

#include "actors/file_descriptor.hpp"
#include "actors/serial_device.hpp"
#include "actors/serial_port.hpp"
#include "app/config/quantity.hpp"

#include <asm/termbits.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <system_error>

namespace xylem {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds connect_time{5'000};

/// Of one rate; is_enough() says so long before.
constexpr std::size_t most_bytes = 64 * 1024;

/// What came at the old rate is thrown away.
void set_rate(int line, std::uint32_t baud) {
  termios2 mode{};
  if (ioctl(line, TCGETS2, &mode) != 0)
    return;
  mode.c_ispeed = baud;
  mode.c_ospeed = baud;
  ioctl(line, TCSETS2, &mode);
  ioctl(line, TCFLSH, TCIFLUSH);
}

int left_until(steady::time_point end) {
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

line_sample read_line(int line, std::uint32_t baud, std::chrono::milliseconds at_most) {
  line_sample out{.baud = baud};
  auto end = steady::now() + at_most;
  std::array<std::byte, 1024> room{};
  while (out.data.size() < most_bytes && !is_enough(out)) {
    pollfd wanted{line, POLLIN, 0};
    if (poll(&wanted, 1, left_until(end)) <= 0)
      break;
    auto count = ::read(line, room.data(), room.size());
    if (count <= 0)
      break;
    append(out.data, bytes_view{room}.first(static_cast<std::size_t>(count)));
  }
  return out;
}

/// An open port, given back as the gateway gives it back.
struct open_port {
  ~open_port() {
    if (line)
      ioctl(line.get(), TIOCNXCL);
  }

  file_descriptor line;
};

std::string last_error() {
  return std::system_category().message(errno);
}

std::variant<file_descriptor, std::string> connect_to(const addrinfo& where) {
  file_descriptor line{::socket(where.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!line)
    return last_error();
  if (::connect(line.get(), where.ai_addr, where.ai_addrlen) != 0 && errno != EINPROGRESS)
    return last_error();
  pollfd wanted{line.get(), POLLOUT, 0};
  if (poll(&wanted, 1, static_cast<int>(connect_time.count())) <= 0)
    return std::string{"no answer"};
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(line.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    return std::system_category().message(error);
  return line;
}

std::variant<file_descriptor, std::string> connect_to(const std::string& serial) {
  auto where = parse_endpoint(std::string_view{serial}.substr(std::string_view{"tcp://"}.size()));
  if (!where)
    return "no host and port in " + serial;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (auto error =
          getaddrinfo(where->host.c_str(), std::to_string(where->port).c_str(), &hints, &found))
    return std::string{gai_strerror(error)};
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all{found, &freeaddrinfo};
  return connect_to(*all);
}

} // namespace

std::variant<line_reader, std::string> open_line(const mesh_settings& mesh) {
  auto port = std::make_shared<open_port>();
  if (is_network_port(mesh.serial)) {
    auto connected = connect_to(mesh.serial);
    if (auto why = std::get_if<std::string>(&connected))
      return mesh.serial + ": " + *why;
    port->line = std::get<file_descriptor>(std::move(connected));
    return line_reader{[port](std::uint32_t baud, std::chrono::milliseconds at_most) {
      return read_line(port->line.get(), baud, at_most);
    }};
  }
  auto path = resolve_port(mesh.serial);
  auto opened = open_serial_device(path.value_or(mesh.serial), mesh);
  if (opened.descriptor < 0)
    return opened.error;
  port->line = file_descriptor{opened.descriptor};
  auto now = std::make_shared<std::uint32_t>(mesh.baud);
  return line_reader{[port, now](std::uint32_t baud, std::chrono::milliseconds at_most) {
    if (*now != baud)
      set_rate(port->line.get(), *now = baud);
    return read_line(port->line.get(), baud, at_most);
  }};
}

std::vector<line_sample> listen_to(const line_reader& read, std::uint32_t configured, bool has_rate,
                                   std::chrono::milliseconds at_most) {
  std::vector<line_sample> out{read(configured, at_most)};
  if (!has_rate || out.front().data.empty() || is_convincing(out.front()))
    return out;
  for (auto baud : usual_rates()) {
    if (baud == configured)
      continue;
    out.push_back(read(baud, at_most));
    if (is_convincing(out.back()))
      break;
  }
  return out;
}

} // namespace xylem
