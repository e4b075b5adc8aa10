#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xylem::bench {

/// What a timed message says: when it was sent (now_ns()), and its number.
struct marker {
  std::uint64_t sent_ns = 0;
  std::uint32_t number = 0;
};

/// `@`, 16 and 8 hex digits, `;`: it is found in whatever a server puts around it.
inline constexpr std::size_t marker_size = 1 + 16 + 8 + 1;

/// Ends a flat-out run: its coming back proves that all before it was handled.
inline constexpr std::uint32_t last_number = 0xFFFF'FFFF;

/// `size` bytes of ASCII, at least marker_size.
std::string marked_message(marker what, std::size_t size);

/// Finds markers in a stream, however it is cut into chunks.
class marker_scanner {
public:
  /// Those that `chunk` completes; valid until the next call.
  const std::vector<marker>& scan(std::string_view chunk);

private:
  std::string_view take(std::string_view text);

  std::string rest_; // the beginning of a marker that is not complete
  std::vector<marker> found_;
};

} // namespace xylem::bench
