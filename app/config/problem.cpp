#include "app/config/problem.hpp"

#include <algorithm>

namespace xylem {

namespace {

/// Longest source line that is shown, in bytes.
constexpr std::size_t shown_line = 160;

std::string_view line_of(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    auto end = text.find('\n');
    if (end == std::string_view::npos)
      return {};
    text.remove_prefix(end + 1);
  }
  auto line = text.substr(0, text.find('\n'));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

/// What stands before the caret: one blank a character, tabs kept, so that the caret lines up.
std::string indent(std::string_view line, std::size_t column) {
  std::string out;
  for (auto c : line) {
    auto continues = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (continues)
      continue;
    if (out.size() + 1 >= column)
      break;
    out += c == '\t' ? '\t' : ' ';
  }
  out.resize(std::max(out.size(), column - 1), ' ');
  return out;
}

std::string without_controls(std::string_view line) {
  std::string out{line};
  std::ranges::replace_if(
      out, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; }, '?');
  return out;
}

bool is_of_word(char c) {
  auto byte = static_cast<unsigned char>(c);
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z')
         || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '-' || byte >= 0x80;
}

/// `^~~~` under the word or the string that begins at the column, `^` under anything else.
std::string underline(std::string_view line, std::size_t column) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < line.size(); ++at)
    if ((static_cast<unsigned char>(line[at]) & 0xC0) != 0x80 && ++seen == column)
      break;
  auto rest = line.substr(std::min(at, line.size()));
  std::size_t size = 0;
  if (rest.starts_with('"') || rest.starts_with('\'')) {
    auto end = rest.find(rest.front(), 1);
    size = end == std::string_view::npos ? 1 : end + 1;
  } else {
    while (size < rest.size() && is_of_word(rest[size]))
      ++size;
  }
  std::size_t shown = 0;
  for (auto c : rest.substr(0, size))
    shown += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return '^' + std::string(shown > 1 ? shown - 1 : 0, '~');
}

std::string snippet(const configuration_problem& problem, std::string_view text) {
  if (problem.line == 0 || problem.column == 0 || problem.column > shown_line)
    return {};
  auto line = line_of(text, problem.line);
  if (line.empty() || line.size() > shown_line)
    return {};
  return "  " + without_controls(line) + "\n  " + indent(line, problem.column)
         + underline(line, problem.column) + '\n';
}

} // namespace

std::string source_line(const configuration_problem& problem, std::string_view text) {
  return problem.line == 0
             ? std::string{}
             : without_controls(line_of(text, problem.line).substr(0, shown_line));
}

std::string describe(const configuration_problem& problem, std::string_view text) {
  auto out = problem.file.empty() ? std::string{"configuration"} : without_controls(problem.file);
  if (problem.line > 0)
    out += ':' + std::to_string(problem.line) + ':' + std::to_string(problem.column);
  out += ": error: ";
  if (!problem.key.empty())
    out += without_controls(problem.key) + ": ";
  out += problem.message + '\n' + snippet(problem, text);
  if (!problem.suggestion.empty())
    out += "  did you mean " + problem.suggestion + "?\n";
  return out;
}

std::string closest(std::string_view word, std::span<const std::string> candidates) {
  std::vector<std::string_view> views{candidates.begin(), candidates.end()};
  return std::string{closest_word(word, views)};
}

} // namespace xylem
