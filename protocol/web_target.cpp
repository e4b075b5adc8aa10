#include "protocol/web_target.hpp"

#include "protocol/monitor_names.hpp"
#include "protocol/spelling.hpp"

#include <charconv>

namespace xylem {

namespace {

std::optional<problem> bad(std::string detail) {
  return problem{problem_kind::bad_request, std::move(detail)};
}

std::optional<unsigned> digit_value(char c) noexcept {
  if (c >= '0' && c <= '9')
    return static_cast<unsigned>(c - '0');
  c = static_cast<char>(c | 0x20);
  if (c >= 'a' && c <= 'f')
    return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

/// RFC 3986 has no blanks, controls, quotes and the like in a target; what is harmless is taken.
bool is_target_character(char c) noexcept {
  return c > ' ' && c < '\x7F' && c != '"' && c != '<' && c != '>' && c != '#' && c != '\\';
}

} // namespace

std::optional<problem> web_target::read(std::string_view text) {
  if (text.size() > longest_target)
    return problem{problem_kind::target_too_long,
                   "the target has " + std::to_string(text.size()) + " bytes, at most "
                       + std::to_string(longest_target) + " are taken"};
  if (!text.starts_with('/'))
    return bad("target " + in_quotes(text) + ": expected a path that begins with /");
  if (auto foreign = std::ranges::find_if_not(text, is_target_character); foreign != text.end())
    return bad("the target has the byte " + in_quotes({foreign, foreign + 1})
               + ", which must be percent-encoded");
  auto question = text.find('?');
  path_ = text.substr(0, question);
  query_ = question == std::string_view::npos ? std::string_view{} : text.substr(question + 1);
  for (auto rest = path_; !rest.empty(); ++size_) {
    rest.remove_prefix(1); // the slash
    auto raw = rest.substr(0, rest.find('/'));
    if (size_ == most_segments)
      return problem{problem_kind::not_found, "there is nothing at " + in_quotes(path_)};
    auto segment = decoded(raw);
    if (!segment)
      return bad("path segment " + in_quotes(raw) + " has a broken percent-escape");
    segments_[size_] = *segment;
    rest.remove_prefix(raw.size());
  }
  return std::nullopt;
}

std::optional<std::string_view> web_target::decoded(std::string_view text) noexcept {
  if (text.find('%') == std::string_view::npos)
    return text;
  auto begin = used_;
  for (std::size_t i = 0; i < text.size() && used_ < room_.size(); ++i) {
    auto c = text[i];
    if (c == '%') {
      if (text.size() - i < 3)
        return std::nullopt;
      auto high = digit_value(text[i + 1]), low = digit_value(text[i + 2]);
      if (!high || !low)
        return std::nullopt;
      c = static_cast<char>(*high << 4 | *low);
      i += 2;
    }
    room_[used_++] = c;
  }
  return std::string_view{room_.data() + begin, used_ - begin};
}

bool is_mesh_name(std::string_view text) noexcept {
  if (auto slash = text.rfind('/'); slash != std::string_view::npos)
    return is_mesh_path(text) && is_mesh_name(text.substr(slash + 1));
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) noexcept {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

} // namespace xylem
