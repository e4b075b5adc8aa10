#include "push_protocol.hpp"

#include <unistd.h>

namespace xylem::bench {

namespace {

using namespace std::string_literals;

const std::string topic = "xylem";

// -- MQTT 3.1.1, its §2 and §3

std::string mqtt_text(const std::string& text) {
  std::string out;
  out += static_cast<char>(text.size() >> 8);
  out += static_cast<char>(text.size() & 0xFF);
  return out + text;
}

/// With the size in front, 7 bits a byte.
std::string mqtt_packet(char kind, const std::string& content) {
  std::string out{kind};
  auto size = content.size();
  do {
    auto more = size > 0x7F ? 0x80U : 0U;
    out += static_cast<char>((size & 0x7F) | more);
    size >>= 7;
  } while (size != 0);
  return out + content;
}

std::string mqtt_connect(const std::string& name) {
  constexpr char clean_session = 2;
  auto head = mqtt_text("MQTT") + '\x04' + clean_session + "\0\0"s; // version, flags, no keep-alive
  return mqtt_packet('\x10', head + mqtt_text(name));
}

const auto mqtt_connected = "\x20\x02\0\0"s;

std::string mqtt_subscribe() {
  return mqtt_packet('\x82', "\0\1"s + mqtt_text(topic) + '\0');
}

const auto mqtt_subscribed = "\x90\x03\0\1\0"s;

std::string name_of(std::uint32_t listener) {
  return "bench-" + std::to_string(getpid()) + "-" + std::to_string(listener);
}

// -- redis

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

} // namespace

std::optional<push_protocol> parse_push_protocol(const std::string& text) {
  if (text == "xylem")
    return push_protocol::xylem;
  if (text == "websocket")
    return push_protocol::websocket;
  if (text == "raw")
    return push_protocol::raw;
  if (text == "mqtt")
    return push_protocol::mqtt;
  if (text == "redis")
    return push_protocol::redis;
  return std::nullopt;
}

namespace {

/// A client's frames are masked; with zeros they stay readable.
std::string websocket_text(const std::string& text) {
  return "\x81"s + static_cast<char>(0x80 | text.size()) + "\0\0\0\0"s + text;
}

} // namespace

std::string make_subscription(push_protocol protocol) {
  if (protocol != push_protocol::websocket)
    return {};
  return websocket_text(R"({"type":"subscribe","kinds":["message"],"snapshot":false})");
}

greeting make_greeting(push_protocol protocol, std::uint32_t listener) {
  if (protocol == push_protocol::xylem)
    return {"[syn]\0"s, "[ack]\0"s};
  if (protocol == push_protocol::websocket)
    return {"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n"};
  if (protocol == push_protocol::mqtt)
    return {mqtt_connect(name_of(listener)) + mqtt_subscribe(), mqtt_connected + mqtt_subscribed};
  if (protocol == push_protocol::redis)
    return {"*2\r\n" + bulk("SUBSCRIBE") + bulk(topic),
            "*3\r\n" + bulk("subscribe") + bulk(topic) + ":1\r\n"};
  return {};
}

greeting make_publisher_greeting(push_protocol protocol) {
  if (protocol == push_protocol::mqtt)
    return {mqtt_connect("bench-publisher"), mqtt_connected};
  return {};
}

std::string make_publication(push_protocol protocol, const std::string& message) {
  if (protocol == push_protocol::mqtt)
    return mqtt_packet('\x30', mqtt_text(topic) + message);
  return "*3\r\n" + bulk("PUBLISH") + bulk(topic) + bulk(message);
}

} // namespace xylem::bench
