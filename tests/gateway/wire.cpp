#include "wire.hpp"

namespace xylem::testing {

namespace {

constexpr char start = '\xFF';
constexpr char end = '\xFE';
constexpr char escape = '\xFA';

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) >= 0xFA;
}

std::string sized(std::string_view text) {
  return byte(static_cast<unsigned>(text.size())) + std::string{text};
}

} // namespace

std::string byte(unsigned value) {
  return std::string(1, static_cast<char>(value));
}

std::string word(unsigned value) {
  return byte(value >> 8U) + byte(value & 0xFFU);
}

std::string frame(std::string_view payload) {
  std::string out{start};
  for (char c : payload) {
    if (needs_escape(c))
      out += {escape, static_cast<char>(c ^ escape)};
    else
      out += c;
  }
  return out + end;
}

std::optional<std::string> take_frame(std::string& stream) {
  auto begin = stream.find(start);
  auto stop = begin == std::string::npos ? begin : stream.find(end, begin);
  if (stop == std::string::npos)
    return std::nullopt;
  std::string payload;
  for (auto i = begin + 1; i < stop; ++i)
    payload += stream[i] == escape ? static_cast<char>(stream[++i] ^ escape) : stream[i];
  stream.erase(0, stop + 1);
  return payload;
}

std::string update(unsigned node, const readings& items) {
  auto out = word(node) + "[D]" + byte(static_cast<unsigned>(items.size()));
  for (const auto& [type, data] : items)
    out += type + sized(data);
  return out;
}

std::string message(unsigned node, std::string_view text) {
  return word(node) + "[M]" + sized(text);
}

std::string node_request(unsigned node, std::string_view body) {
  return word(node) + "<Q>" + std::string{body};
}

std::string snapshot(const std::vector<unsigned>& nodes) {
  auto out = word(0) + "NET" + byte(static_cast<unsigned>(nodes.size()));
  for (auto node : nodes) {
    out += word(node);
    for (int i = 0; i < 8; ++i)
      out += word(node);
  }
  return out;
}

std::string as_command(std::string_view request) {
  return std::string{request} + '\n';
}

std::string get_request(unsigned node, std::string_view type) {
  return "[GET]" + word(node) + std::string{type};
}

std::string history_request(unsigned node, std::string_view type, unsigned most) {
  return "[HIS]" + word(node) + std::string{type} + byte(most);
}

std::string send_request(unsigned node, std::string_view text) {
  return "SEND-" + word(node) + sized(text);
}

std::string broadcast_request(std::string_view text) {
  return "BCAST" + word(0) + sized(text);
}

std::string refusal(std::string_view text) {
  return "F" + sized(text);
}

std::string block(std::string_view type, unsigned length, const std::vector<node_data>& data) {
  auto out = "S" + std::string{type} + byte(length) + byte(static_cast<unsigned>(data.size()));
  for (const auto& [node, value] : data)
    out += word(node) + value;
  return out;
}

std::string pushed_message(unsigned node, std::string_view text) {
  return "[MSG]" + word(node) + sized(text);
}

} // namespace xylem::testing
