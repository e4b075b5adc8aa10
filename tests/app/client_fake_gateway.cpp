#include "client_fake_gateway.hpp"

#include <stdexcept>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xylem::testing {

namespace {

std::uint16_t bind_free_port(int descriptor) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(descriptor, raw, size) != 0 || getsockname(descriptor, raw, &size) != 0)
    throw std::runtime_error{"no free port"};
  return ntohs(address.sin_port);
}

void write_all(int connection, std::string_view data, pace writing) {
  auto step = writing == pace::byte_by_byte ? std::size_t{1} : data.size();
  while (!data.empty()) {
    auto count = send(connection, data.data(), std::min(step, data.size()), MSG_NOSIGNAL);
    if (count <= 0)
      return; // the client is gone: the test sees what it got
    data.remove_prefix(static_cast<std::size_t>(count));
  }
}

} // namespace

std::string hex(std::string_view text) {
  auto raw = from_hex(text);
  if (!raw)
    throw std::invalid_argument{"not hex"};
  return std::string{text_of(*raw)};
}

std::string json_reply(std::string_view json) {
  bytes out;
  append(out, "S");
  append_big(out, static_cast<std::uint32_t>(json.size()));
  append(out, json);
  return std::string{text_of(out)};
}

std::string refusal(std::string_view text) {
  return "F" + std::string(1, static_cast<char>(text.size())) + std::string{text};
}

fake_gateway::fake_gateway(std::vector<script> scripts)
    : scripts_{std::move(scripts)}, listener_{socket(AF_INET, SOCK_STREAM, 0)}, stop_{
                                                                                    eventfd(0, 0)} {
  port_ = bind_free_port(listener_);
  if (listen(listener_, 16) != 0)
    throw std::runtime_error{"cannot listen"};
  thread_ = std::thread{[this] { play_all(); }};
}

fake_gateway::~fake_gateway() {
  eventfd_write(stop_, 1);
  thread_.join();
  close(listener_);
  close(stop_);
}

void fake_gateway::play_all() {
  for (const auto& what : scripts_) {
    if (!wait_readable(listener_))
      return;
    auto connection = accept(listener_, nullptr, nullptr);
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    play(connection, what);
    close(connection);
  }
}

void fake_gateway::play(int connection, const script& what) const {
  for (const auto& step : what.exchanges) {
    auto request = read_exactly(connection, step.request.size());
    if (request != step.request) {
      write_all(connection, refusal("Not In The Script"), what.writing);
      return;
    }
    write_all(connection, step.reply, what.writing);
  }
  char ignored = 0;
  while (what.end == ending::client_closes && wait_readable(connection)
         && recv(connection, &ignored, 1, 0) > 0)
    continue;
}

bool fake_gateway::wait_readable(int descriptor) const {
  pollfd watched[] = {{descriptor, POLLIN, 0}, {stop_, POLLIN, 0}};
  return poll(watched, 2, -1) > 0 && watched[1].revents == 0;
}

std::string fake_gateway::read_exactly(int connection, std::size_t size) const {
  std::string data(size, '\0');
  for (std::size_t have = 0; have < size;) {
    if (!wait_readable(connection))
      return {};
    auto count = recv(connection, data.data() + have, size - have, 0);
    if (count <= 0)
      return data.substr(0, have);
    have += static_cast<std::size_t>(count);
  }
  return data;
}

closed_port::closed_port() : descriptor_{socket(AF_INET, SOCK_STREAM, 0)} {
  port_ = bind_free_port(descriptor_);
}

closed_port::~closed_port() {
  close(descriptor_);
}

} // namespace xylem::testing
