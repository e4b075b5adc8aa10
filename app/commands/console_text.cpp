#include "app/commands/console_text.hpp"

#include <algorithm>

namespace xylem {

namespace {

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_control(char c) {
  auto value = static_cast<unsigned char>(c);
  return value < 0x20 || value == 0x7F;
}

/// U+0080 to U+009F: the control characters that a terminal also takes as UTF-8.
bool is_wide_control(char first, char second) {
  return static_cast<unsigned char>(first) == 0xC2 && static_cast<unsigned char>(second) < 0xA0;
}

} // namespace

std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 < text.size() && is_wide_control(text[i], text[i + 1])) {
      shown += '?';
      ++i;
    } else {
      shown += is_control(text[i]) ? '?' : text[i];
    }
  }
  return shown;
}

std::size_t shown_width(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

std::string short_duration(std::chrono::milliseconds span) {
  using namespace std::chrono;
  auto whole = [&](auto unit, std::string_view name) {
    return std::to_string(duration_cast<decltype(unit)>(span).count()) + " " + std::string{name};
  };
  span = std::max(span, milliseconds{0});
  if (span < 10s)
    return std::to_string(span / 1s) + "." + std::to_string(span % 1s / 100ms) + " s";
  if (span < 2min)
    return whole(seconds{}, "s");
  if (span < 2h)
    return whole(minutes{}, "min");
  if (span < 48h)
    return whole(hours{}, "h");
  return whole(days{}, "d");
}

std::string counted(std::uint64_t number, std::string_view noun) {
  auto text = std::to_string(number) + " " + std::string{noun};
  return number == 1 ? text : text + "s";
}

} // namespace xylem
