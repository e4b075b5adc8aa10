#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xylem {

using bytes = std::vector<std::byte>;
using bytes_view = std::span<const std::byte>;

inline bytes_view view_of(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}

inline std::string_view text_of(bytes_view data) noexcept {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

inline bytes copy_of(bytes_view data) {
  return {data.begin(), data.end()};
}

/// Makes `out` longer by `count` bytes, which the caller writes.
inline std::byte* extend(bytes& out, std::size_t count) {
  auto size = out.size();
  out.resize(size + count);
  return out.data() + size;
}

inline void append(bytes& out, bytes_view data) {
  out.insert(out.end(), data.data(), data.data() + data.size());
}

inline void append(bytes& out, std::string_view text) {
  append(out, view_of(text));
}

/// Writes the low `sizeof(T)` bytes of `value` at `to`, big-endian as everything on the wire is,
/// and tells where they end.
template <class T>
std::byte* write_big(std::byte* to, T value) noexcept {
  for (auto shift = 8 * static_cast<int>(sizeof(T)) - 8; shift >= 0; shift -= 8)
    *to++ = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> shift);
  return to;
}

/// The same at the end of `out`.
template <class T>
void append_big(bytes& out, T value) {
  write_big(extend(out, sizeof(T)), value);
}

inline std::byte* write(std::byte* to, bytes_view data) noexcept {
  if (!data.empty())
    std::memcpy(to, data.data(), data.size());
  return to + data.size();
}

/// Reads `data` (at most 8 bytes) as one big-endian number.
constexpr std::uint64_t read_big(bytes_view data) noexcept {
  std::uint64_t value = 0;
  for (auto byte : data)
    value = value << 8 | std::to_integer<std::uint64_t>(byte);
  return value;
}

/// A bounds-checked cursor over bytes that somebody else owns.
class byte_reader {
public:
  explicit byte_reader(bytes_view data) noexcept : rest_{data} {}

  /// The next `count` bytes, or nothing (and the cursor stays) when fewer are left.
  std::optional<bytes_view> take(std::size_t count) noexcept {
    if (count > rest_.size())
      return std::nullopt;
    auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  template <class T>
  std::optional<T> big() noexcept {
    if (auto raw = take(sizeof(T)))
      return static_cast<T>(read_big(*raw));
    return std::nullopt;
  }

  bytes_view rest() const noexcept { return rest_; }
  bool empty() const noexcept { return rest_.empty(); }

private:
  bytes_view rest_;
};

/// Lower-case, two digits a byte.
std::string to_hex(bytes_view data);

/// The reverse of to_hex(); blanks are skipped; nothing for an odd or foreign digit.
std::optional<bytes> from_hex(std::string_view text);

/// True for a non-empty run of printable ASCII; tab, CR and LF count as printable.
bool is_printable(bytes_view data) noexcept;

/// `data` as ASCII, everything unprintable as `\xHH`: safe for logs and terminals.
std::string escaped_text(bytes_view data);

} // namespace xylem
