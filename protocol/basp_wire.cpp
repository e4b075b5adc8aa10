#include "protocol/basp_wire.hpp"

#include <algorithm>

namespace xylem {

namespace {

/// The atom "default": how CAF names this kind of node id.
constexpr std::uint64_t default_node = 0x3E9A'AB9B'AC79;

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t out = 0;
  for (auto byte : bytes)
    out = out << 8 | static_cast<unsigned char>(byte);
  return out;
}

/// Ends with the first text that is not there, whatever the count says.
std::vector<std::string> texts(basp_reader& from) {
  std::vector<std::string> out;
  for (auto left = from.count(); left > 0 && from.ok(); --left)
    out.emplace_back(from.text());
  return out;
}

} // namespace

basp_header parse_basp_header(std::string_view wire) {
  basp_reader from{wire};
  basp_header out;
  out.operation = from.u8();
  out.padding = from.u16();
  out.flags = from.u8();
  out.payload_size = static_cast<std::uint32_t>(big_endian(from.take(4)));
  out.operation_data = from.u64();
  out.source = from.u64();
  out.destination = from.u64();
  return out;
}

std::string_view basp_reader::take(std::size_t size) {
  if (!ok_ || size > left_.size()) {
    ok_ = false;
    return {};
  }
  auto out = left_.substr(0, size);
  left_.remove_prefix(size);
  return out;
}

std::uint64_t basp_reader::number(std::size_t size) {
  return big_endian(take(size));
}

/// Seven bits a byte, the low ones first. CAF reads any number of bytes, and shifts too far then;
/// it writes the fewest, and no other is taken here.
std::uint32_t basp_reader::count() {
  std::uint64_t out = 0;
  for (auto shift = 0; shift < 35; shift += 7) {
    auto byte = u8();
    out |= static_cast<std::uint64_t>(byte & 0x7Fu) << shift;
    if ((byte & 0x80u) != 0)
      continue;
    if ((byte == 0 && shift > 0) || out > UINT32_MAX)
      break;
    return ok_ ? static_cast<std::uint32_t>(out) : 0;
  }
  ok_ = false;
  return 0;
}

std::optional<basp_node_id> basp_reader::node() {
  basp_node_id out;
  auto wire = take(out.wire.size());
  if (!ok_ || big_endian(wire.substr(0, 8)) != default_node) {
    ok_ = false;
    return std::nullopt;
  }
  std::ranges::copy(wire, out.wire.begin());
  return out;
}

std::optional<basp_server_handshake> parse_server_handshake(std::string_view payload) {
  basp_reader from{payload};
  basp_server_handshake out;
  auto node = from.node();
  out.applications = texts(from);
  out.actor = from.u64();
  out.signatures = texts(from);
  if (!node || !from.at_end())
    return std::nullopt;
  out.node = *node;
  return out;
}

bool skip_basp_error(basp_reader& from) {
  from.u8();           // code
  from.u64();          // category
  if (from.u16() != 0) // a message is named by text
    return false;
  auto types = from.text();
  if (!from.ok() || !types.starts_with("@<>"))
    return false;
  types.remove_prefix(3);
  for (; types.starts_with("+@str"); types.remove_prefix(5))
    from.text();
  return from.ok() && types.empty();
}

} // namespace xylem
