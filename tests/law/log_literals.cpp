#include "log_literals.hpp"

#include <array>

namespace xylem {

namespace {

/// A literal at the front of `rest`, which begins with its quote; moves behind it.
std::string take_literal(std::string_view& rest) {
  std::string text;
  std::size_t at = 1;
  for (; at < rest.size() && rest[at] != '"'; ++at)
    text += rest[at] == '\\' ? rest[++at] : rest[at];
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return text;
}

std::string trimmed(std::string text) {
  if (text.ends_with(": "))
    text.resize(text.size() - 2);
  return text;
}

/// The literals up to the next comma, or the parenthesis that ends the call; those that stand side
/// by side are one.
void collect(std::string_view rest, std::set<std::string>& found) {
  std::string text;
  auto end_literal = [&] {
    if (!text.empty())
      found.insert(trimmed(std::move(text)));
    text.clear();
  };
  for (auto depth = 0; !rest.empty();) {
    auto c = rest.front();
    if (c == '"') {
      text += take_literal(rest);
      continue;
    }
    if (c != ' ' && c != '\n')
      end_literal();
    if ((c == ',' || c == ')' || c == '}') && depth == 0)
      break;
    depth += c == '(' || c == '{' ? 1 : c == ')' || c == '}' ? -1 : 0;
    rest.remove_prefix(1);
  }
  end_literal();
}

} // namespace

std::set<std::string> logged_problems(std::string_view source) {
  constexpr std::array<std::string_view, 4> marks{".warning(", ".error(", "log_level::warning,",
                                                  "log_level::error,"};
  std::set<std::string> found;
  for (auto mark : marks)
    for (auto at = source.find(mark); at != source.npos; at = source.find(mark, at + 1))
      collect(source.substr(at + mark.size()), found);
  return found;
}

} // namespace xylem
