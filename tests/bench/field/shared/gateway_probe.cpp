#include "gateway_probe.hpp"

#include "clock.hpp"
#include "http_request.hpp"
#include "sockets.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>

namespace xylem::bench {

namespace {

using namespace std::string_literals;

boost::json::value status_of(const sockaddr_in& where) {
  auto connection = connect_to(where);
  send_all(connection.get(), http_get("/api/v1/status", "close"));
  auto all = receive_rest(connection.get());
  return boost::json::parse(all.substr(all.find("\r\n\r\n") + 4));
}

} // namespace

boost::json::value gateway_status(const std::string& web) {
  return status_of(address_of(web));
}

gateway_probe::gateway_probe(const std::string& address, const std::string& web)
    : web_{address_of(web)}, socket_{connect_to(address_of(address))} {
  send_all(socket_.get(), "[syn]\0"s);
  if (receive(socket_.get(), 6) != "[ack]\0"s)
    throw std::runtime_error{"no [ack] from " + address};
}

std::optional<std::uint64_t> gateway_probe::await(std::uint32_t number, double patience_s) {
  std::array<char, 65'536> room;
  auto end_ns = now_ns() + to_ns(patience_s);
  for (auto time_ns = now_ns(); time_ns < end_ns; time_ns = now_ns()) {
    pollfd state{socket_.get(), POLLIN, 0};
    if (poll(&state, 1, static_cast<int>((end_ns - time_ns) / 1'000'000)) != 1)
      continue;
    auto count = recv(socket_.get(), room.data(), room.size(), 0);
    if (count <= 0)
      throw std::runtime_error{"the gateway ended a listening connection"};
    auto came_ns = now_ns();
    for (auto found : scanner_.scan({room.data(), static_cast<std::size_t>(count)}))
      if (found.number == number)
        return came_ns;
  }
  return std::nullopt;
}

gateway_counts gateway_probe::counts() const {
  auto status = status_of(web_);
  auto number = [&](const char* pointer) {
    return status.at_pointer(pointer).to_number<std::uint64_t>();
  };
  gateway_counts out{number("/meshes/0/uart/frames"),   0,
                     number("/meshes/0/nodes/total"),   number("/meshes/0/cache/readings"),
                     number("/meshes/0/cache/evicted"), static_cast<pid_t>(number("/pid"))};
  for (const auto& reason : status.at_pointer("/meshes/0/uart/rejects").as_object())
    out.rejects += reason.value().at("count").to_number<std::uint64_t>();
  return out;
}

} // namespace xylem::bench
