#include "app/client/iso_time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace xylem::client {

namespace {

using namespace std::chrono;

/// Reads exactly `digits` digits and then `mark`, and removes both; -1 when they are not there.
int take_number(std::string_view& text, std::size_t digits, char mark) {
  auto value = 0;
  auto [end, error] =
      std::from_chars(text.data(), text.data() + std::min(digits, text.size()), value);
  auto plain = error == std::errc{} && end == text.data() + digits && text.front() != '-';
  if (!plain || text.size() <= digits || text[digits] != mark)
    return -1;
  text.remove_prefix(digits + 1);
  return value;
}

/// `123` → 123 ms, `5` → 500 ms; what is finer than a millisecond is cut.
std::optional<milliseconds> parse_fraction(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  auto value = 0;
  for (std::size_t place = 0; place < 3; ++place)
    value = value * 10 + (place < digits.size() ? digits[place] - '0' : 0);
  return milliseconds{value};
}

} // namespace

std::string format_time(wall_time time) {
  auto day = floor<days>(time);
  year_month_day date{day};
  hh_mm_ss clock{time - day};
  std::array<char, 64> out{};
  auto size = std::snprintf(
      out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {out.data(), static_cast<std::size_t>(size)};
}

std::optional<wall_time> parse_time(std::string_view text) {
  auto with_fraction = text.find('.') != std::string_view::npos;
  auto y = take_number(text, 4, '-');
  auto m = take_number(text, 2, '-');
  auto d = take_number(text, 2, 'T');
  auto h = take_number(text, 2, ':');
  auto min = take_number(text, 2, ':');
  auto s = take_number(text, 2, with_fraction ? '.' : 'Z');
  if (y < 0 || m < 0 || d < 0 || h < 0 || h > 23 || min < 0 || min > 59 || s < 0 || s > 59)
    return std::nullopt;
  year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || (with_fraction && !text.ends_with('Z')) || (!with_fraction && !text.empty()))
    return std::nullopt;
  auto fraction = with_fraction ? parse_fraction(text.substr(0, text.size() - 1))
                                : std::optional{milliseconds{0}};
  if (!fraction)
    return std::nullopt;
  return sys_days{date} + hours{h} + minutes{min} + seconds{s} + *fraction;
}

} // namespace xylem::client
