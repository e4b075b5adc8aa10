#include "protocol/basp_wire.hpp"

#include <algorithm>
#include <concepts>

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

/// Writes into room that is there.
class basp_writer {
public:
  explicit basp_writer(char* at) noexcept : at_{at} {}

  template <std::unsigned_integral T>
  void number(T value) noexcept {
    for (auto shift = 8 * static_cast<int>(sizeof(T)) - 8; shift >= 0; shift -= 8)
      *at_++ = static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF);
  }

  void count(std::size_t value) noexcept {
    for (; value > 0x7F; value >>= 7)
      *at_++ = static_cast<char>((value & 0x7F) | 0x80);
    *at_++ = static_cast<char>(value);
  }

  void raw(std::string_view data) noexcept { at_ = std::ranges::copy(data, at_).out; }

private:
  char* at_;
};

std::size_t size_of_count(std::size_t value) noexcept {
  std::size_t size = 1;
  for (; value > 0x7F; value >>= 7)
    ++size;
  return size;
}

/// Before the name of the one type of a message.
constexpr std::string_view type_prefix = "@<>+";

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

void append_basp_message(std::vector<char>& out, std::uint64_t source, std::uint64_t destination,
                         std::string_view type, std::string_view content) {
  auto name_size = type_prefix.size() + type.size();
  auto size = 3 + size_of_count(name_size) + name_size + size_of_count(content.size())
              + content.size();
  auto before = out.size();
  out.resize(before + basp_header_size + size);
  basp_writer to{out.data() + before};
  to.number(static_cast<std::uint8_t>(basp_operation::direct_message));
  to.number(std::uint16_t{0});
  to.number(std::uint8_t{0}); // flags
  to.number(static_cast<std::uint32_t>(size));
  to.number(basp_plain_message);
  to.number(source);
  to.number(destination);
  to.number(std::uint8_t{0});  // no forwarding stack
  to.number(std::uint16_t{0}); // types by name
  to.count(name_size);
  to.raw(type_prefix);
  to.raw(type);
  to.count(content.size());
  to.raw(content);
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
