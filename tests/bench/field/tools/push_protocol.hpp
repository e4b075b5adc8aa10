#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace xylem::bench {

/// Who pushes messages.
enum class push_protocol : std::uint8_t {
  xylem, ///< `[syn]`, `[ack]` (wire §4)
  websocket, ///< events of kind message (web §3)
  raw,   ///< whatever comes, as socat and ser2net send it
  mqtt,  ///< MQTT 3.1.1, QoS 0
  redis, ///< its channels
};

std::optional<push_protocol> parse_push_protocol(const std::string& text);

/// What a listener says first, and the answer that must come.
struct greeting {
  std::string request;
  std::string answer;
};

greeting make_greeting(push_protocol protocol, std::uint32_t listener);

/// What it says when it has been greeted back, without waiting for an answer.
std::string make_subscription(push_protocol protocol);

/// MQTT or redis: what a publisher says first, and what it says of each message.
greeting make_publisher_greeting(push_protocol protocol);
std::string make_publication(push_protocol protocol, const std::string& message);

} // namespace xylem::bench
