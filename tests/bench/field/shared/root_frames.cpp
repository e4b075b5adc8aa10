#include "root_frames.hpp"

namespace xylem::bench {

namespace {

constexpr unsigned char first_escaped = 0xFA;
constexpr unsigned char mask = 0xFA;

} // namespace

std::string value_of(std::uint16_t node, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    out += static_cast<char>((node * 7U + (node >> 8) * 3U + i * 13U) % first_escaped);
  return out;
}

std::string framed(std::string_view payload) {
  std::string out{"\xFF"};
  for (auto each : payload) {
    auto byte = static_cast<unsigned char>(each);
    if (byte >= first_escaped) {
      out += static_cast<char>(first_escaped);
      out += static_cast<char>(byte ^ mask);
    } else {
      out += each;
    }
  }
  out += '\xFE';
  return out;
}

std::string update_frame(std::uint16_t node, std::string_view type, std::size_t value_size) {
  std::string payload;
  put_address(payload, node);
  payload.append("[D]\x01").append(type);
  payload += static_cast<char>(value_size);
  return framed(payload + value_of(node, value_size));
}

std::string message_frame(std::uint16_t node, marker what, std::size_t size) {
  auto message = marked_message(what, size);
  std::string payload;
  put_address(payload, node);
  payload += "[M]";
  payload += static_cast<char>(message.size());
  return framed(payload + message);
}

void put_address(std::string& out, std::uint16_t node) {
  out += static_cast<char>(node >> 8);
  out += static_cast<char>(node & 0xFF);
}

} // namespace xylem::bench
