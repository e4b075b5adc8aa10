#include "marker.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace xylem::bench {

namespace {

template <class T>
void put_hex(std::string& out, T value) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (auto shift = static_cast<int>(sizeof(T)) * 8 - 4; shift >= 0; shift -= 4)
    out += digits[(value >> shift) & 0xF];
}

template <class T>
bool take_hex(const char* from, T& value) {
  const auto* end = from + sizeof(T) * 2;
  auto [stop, error] = std::from_chars(from, end, value, 16);
  return error == std::errc{} && stop == end;
}

bool parse(const char* text, marker& out) {
  return text[marker_size - 1] == ';' && take_hex(text + 1, out.sent_ns)
         && take_hex(text + 17, out.number);
}

} // namespace

std::string marked_message(marker what, std::size_t size) {
  std::string out{"@"};
  put_hex(out, what.sent_ns);
  put_hex(out, what.number);
  out += ';';
  out.resize(std::max(size, marker_size), 'p');
  return out;
}

const std::vector<marker>& marker_scanner::scan(std::string_view chunk) {
  found_.clear();
  if (rest_.empty()) {
    rest_ = take(chunk);
  } else {
    auto whole = rest_ + std::string{chunk};
    rest_ = take(whole);
  }
  return found_;
}

/// What is left: the beginning of a marker, or nothing.
std::string_view marker_scanner::take(std::string_view text) {
  for (;;) {
    text.remove_prefix(std::min(text.find('@'), text.size()));
    if (text.size() < marker_size)
      return text;
    marker next;
    auto is_marker = parse(text.data(), next);
    if (is_marker)
      found_.push_back(next);
    text.remove_prefix(is_marker ? marker_size : 1);
  }
}

} // namespace xylem::bench
