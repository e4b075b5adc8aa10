#include "protocol/iso_time.hpp"

#include <algorithm>
#include <array>

namespace xylem {

namespace {

using namespace std::chrono;

char* write_digits(char* to, unsigned value, int count) noexcept {
  for (auto i = count; i-- > 0; value /= 10)
    to[i] = static_cast<char>('0' + value % 10);
  return to + count;
}

/// Takes pieces of fixed form off the front of a text; what does not fit is remembered.
class time_reader {
public:
  explicit time_reader(std::string_view text) noexcept : rest_{text} {}

  unsigned digits(std::size_t count) noexcept {
    unsigned value = 0;
    auto taken = rest_.substr(0, count);
    ok_ = ok_ && taken.size() == count && std::ranges::all_of(taken, is_digit);
    for (auto c : taken)
      value = value * 10 + static_cast<unsigned>(c - '0');
    rest_.remove_prefix(taken.size());
    return value;
  }

  void expect(char c) noexcept {
    ok_ = ok_ && rest_.starts_with(c);
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
  }

  /// `.25` is 250.
  milliseconds fraction() noexcept {
    if (!rest_.starts_with('.'))
      return {};
    rest_.remove_prefix(1);
    auto end = std::ranges::find_if_not(rest_, is_digit);
    auto count = static_cast<std::size_t>(end - rest_.begin());
    ok_ = ok_ && count >= 1 && count <= 9;
    unsigned value = 0;
    for (std::size_t i = 0; i < 3; ++i)
      value = value * 10 + (i < count ? static_cast<unsigned>(rest_[i] - '0') : 0);
    rest_.remove_prefix(count);
    return milliseconds{value};
  }

  bool is_complete() const noexcept { return ok_ && rest_.empty(); }

private:
  static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

  std::string_view rest_;
  bool ok_ = true;
};

} // namespace

void append_iso_time(std::string& out, wall_time time) {
  auto day = floor<days>(time);
  year_month_day date{day};
  hh_mm_ss clock{time - day};
  std::array<char, 24> text; // all of it is written
  // A clock of this gateway is in these years; another one is not worth a wider text.
  auto year = std::clamp(static_cast<int>(date.year()), 0, 9999);
  auto end = write_digits(text.data(), static_cast<unsigned>(year), 4);
  *end++ = '-';
  end = write_digits(end, static_cast<unsigned>(date.month()), 2);
  *end++ = '-';
  end = write_digits(end, static_cast<unsigned>(date.day()), 2);
  *end++ = 'T';
  end = write_digits(end, static_cast<unsigned>(clock.hours().count()), 2);
  *end++ = ':';
  end = write_digits(end, static_cast<unsigned>(clock.minutes().count()), 2);
  *end++ = ':';
  end = write_digits(end, static_cast<unsigned>(clock.seconds().count()), 2);
  *end++ = '.';
  end = write_digits(end, static_cast<unsigned>(clock.subseconds().count()), 3);
  *end++ = 'Z';
  out.append(text.data(), text.size());
}

std::string iso_time(wall_time time) {
  std::string out;
  append_iso_time(out, time);
  return out;
}

std::optional<wall_time> parse_iso_time(std::string_view text) {
  time_reader reader{text};
  auto date_year = static_cast<int>(reader.digits(4));
  reader.expect('-');
  auto date_month = reader.digits(2);
  reader.expect('-');
  auto date = year{date_year} / month{date_month} / day{reader.digits(2)};
  reader.expect('T');
  auto hour = reader.digits(2);
  reader.expect(':');
  auto minute = reader.digits(2);
  reader.expect(':');
  auto second = reader.digits(2);
  auto fraction = reader.fraction();
  reader.expect('Z');
  if (!reader.is_complete() || !date.ok() || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + fraction;
}

} // namespace xylem
