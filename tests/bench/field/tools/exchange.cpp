#include "exchange.hpp"

#include "tests/bench/field/shared/http_request.hpp"
#include "tests/bench/field/shared/root_frames.hpp"
#include "tests/bench/field/shared/sockets.hpp"

#include "protocol/bytes.hpp"

#include <stdexcept>

namespace xylem::bench {

namespace {

/// As redis wants its commands and sends its values.
std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

std::string key_of(std::uint16_t node) {
  return "node:" + std::to_string(node);
}

std::string get_request(std::uint16_t node, const std::string& type) {
  std::string out{"[GET]"};
  put_address(out, node);
  return out + type;
}

/// One batch of one reading.
std::string get_reply(std::uint16_t node, const std::string& type, const std::string& value) {
  auto out = "S" + type;
  out += static_cast<char>(value.size());
  out += '\x01';
  put_address(out, node);
  return out + value;
}

} // namespace

std::optional<asked_protocol> parse_asked_protocol(const std::string& text) {
  if (text == "xylem")
    return asked_protocol::xylem;
  if (text == "http")
    return asked_protocol::http;
  if (text == "redis")
    return asked_protocol::redis;
  if (text == "echo")
    return asked_protocol::echo;
  return std::nullopt;
}

std::vector<exchange> make_exchanges(asked_protocol protocol, const known_readings& readings) {
  std::vector<exchange> out;
  for (std::uint16_t node = 1; node <= readings.nodes; ++node) {
    auto value = value_of(node, readings.size);
    auto get = get_request(node, readings.type);
    if (protocol == asked_protocol::redis)
      out.push_back({"*2\r\n" + bulk("GET") + bulk(key_of(node)), bulk(value)});
    else if (protocol == asked_protocol::http)
      out.push_back({http_get("/api/v1/meshes/default/nodes/" + std::to_string(node) + "/readings/"
                                  + readings.type,
                              "keep-alive"),
                     "\"data\":\"" + to_hex(view_of(value)) + '"'});
    else if (protocol == asked_protocol::echo)
      out.push_back({get, get});
    else
      out.push_back({get, get_reply(node, readings.type, value)});
  }
  return out;
}

void preload_redis(const std::string& server, const known_readings& readings) {
  auto connection = connect_to(address_of(server));
  const std::string done{"+OK\r\n"};
  for (std::uint16_t node = 1; node <= readings.nodes; ++node) {
    send_all(connection.get(),
             "*3\r\n" + bulk("SET") + bulk(key_of(node)) + bulk(value_of(node, readings.size)));
    if (receive(connection.get(), done.size()) != done)
      throw std::runtime_error{"redis does not store"};
  }
}

} // namespace xylem::bench
