#pragma once

#include "protocol/bytes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <string>

namespace xylem {

/// A node's address in its mesh (wire §2). 0 is the root itself.
struct node_address {
  std::uint16_t value = 0;

  auto operator<=>(const node_address&) const = default;
};

inline constexpr node_address root_address{0};

/// The other spelling of "all active nodes" in a client's `[GET]` (wire §4).
inline constexpr node_address every_address{0xFFFF};

using node_uuid = std::array<std::byte, 16>;

enum class node_status : std::uint8_t {
  active,       ///< heard within `idle_after`
  idle,         ///< silent for `idle_after`
  disconnected, ///< silent for `disconnected_after`, or the link or the root went away
};

std::string_view to_string(node_status status) noexcept;

/// Names a kind of reading or a kind of root message: 3 bytes in the classic dialect,
/// 1 byte in the compact ones (wire §5). A value type the size of an int.
class type_code {
public:
  static constexpr std::size_t max_size = 3;

  constexpr type_code() noexcept = default;

  /// The first `max_size` bytes of `raw`.
  constexpr explicit type_code(bytes_view raw) noexcept { assign(raw); }
  constexpr explicit type_code(std::string_view text) noexcept { assign(text); }

  bytes_view view() const noexcept { return std::as_bytes(std::span{data_}).first(size()); }
  constexpr std::size_t size() const noexcept { return data_[max_size]; }

  /// In the order of the bytes.
  constexpr std::strong_ordering operator<=>(const type_code& other) const noexcept {
    return ranked() <=> other.ranked();
  }

  constexpr bool operator==(const type_code& other) const noexcept {
    return std::bit_cast<std::uint32_t>(data_) == std::bit_cast<std::uint32_t>(other.data_);
  }

private:
  constexpr std::uint32_t ranked() const noexcept {
    return std::uint32_t{data_[0]} << 24 | std::uint32_t{data_[1]} << 16
           | std::uint32_t{data_[2]} << 8 | data_[3];
  }

  /// Made in a register and stored at once: stored byte by byte, the next load of the whole would
  /// have to wait for it (10 ns a request).
  template <class Range>
  constexpr void assign(const Range& raw) noexcept {
    auto count = std::min(raw.size(), max_size);
    auto packed = shifted(count, max_size);
    for (std::size_t i = 0; i < count; ++i)
      packed |= shifted(static_cast<std::uint8_t>(raw[i]), i);
    data_ = std::bit_cast<decltype(data_)>(packed);
  }

  /// `value` where the byte of that index is in memory.
  static constexpr std::uint32_t shifted(std::size_t value, std::size_t index) noexcept {
    auto place = std::endian::native == std::endian::little ? index : max_size - index;
    return static_cast<std::uint32_t>(value << 8 * place);
  }

  std::array<std::uint8_t, max_size + 1> data_{}; // the last one is the size
};

/// The code itself when it is printable, else `0x` and hex (wire §2).
std::string to_string(type_code code);

/// Reads what to_string() wrote; nothing when `text` is neither.
std::optional<type_code> parse_type_code(std::string_view text);

/// `5`, `0x0005`; nothing for anything else or above 65535.
std::optional<node_address> parse_node_address(std::string_view text);

} // namespace xylem
