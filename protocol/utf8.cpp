#include "protocol/utf8.hpp"

namespace xylem {

std::size_t sequence_length(std::string_view text) noexcept {
  auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  auto first = at(0);
  auto length = first >= 0xC2 && first <= 0xDF   ? 2u
                : first >= 0xE0 && first <= 0xEF ? 3u
                : first >= 0xF0 && first <= 0xF4 ? 4u
                                                 : 0u;
  auto low = first == 0xE0 ? 0xA0u : first == 0xF0 ? 0x90u : 0x80u;
  auto high = first == 0xED ? 0x9Fu : first == 0xF4 ? 0x8Fu : 0xBFu;
  for (std::size_t i = 1; i < length; ++i) {
    if (at(i) < low || at(i) > high)
      return 0;
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

} // namespace xylem
