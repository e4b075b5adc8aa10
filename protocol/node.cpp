#include "protocol/node.hpp"

#include <algorithm>
#include <charconv>

namespace xylem {

std::string_view to_string(node_status status) noexcept {
  switch (status) {
    case node_status::active: return "active";
    case node_status::idle: return "idle";
    case node_status::disconnected: return "disconnected";
  }
  return "unknown";
}

std::string to_string(type_code code) {
  auto text = text_of(code.view());
  auto plain = !text.empty() && !text.starts_with("0x")
               && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
  return plain ? std::string{text} : "0x" + to_hex(code.view());
}

std::optional<type_code> parse_type_code(std::string_view text) {
  if (text.starts_with("0x")) {
    auto raw = from_hex(text.substr(2));
    if (!raw || raw->empty() || raw->size() > type_code::max_size)
      return std::nullopt;
    return type_code{bytes_view{*raw}};
  }
  if (text.empty() || text.size() > type_code::max_size)
    return std::nullopt;
  return type_code{text};
}

std::optional<node_address> parse_node_address(std::string_view text) {
  auto base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint16_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty())
    return std::nullopt;
  return node_address{value};
}

} // namespace xylem
