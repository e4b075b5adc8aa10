#include "protocol/finding.hpp"

#include <algorithm>
#include <array>

namespace xylem {

std::string_view to_string(severity level) noexcept {
  constexpr std::array<std::string_view, 4> names{"ok", "note", "warning", "error"};
  auto index = static_cast<std::size_t>(level);
  return index < names.size() ? names[index] : "error";
}

severity worst_of(std::span<const finding> findings) noexcept {
  auto worst = severity::ok;
  for (const auto& one : findings)
    worst = std::max(worst, one.level);
  return worst;
}

boost::json::object to_json(const finding& what) {
  return {{"id", what.id},
          {"subject", what.subject},
          {"severity", to_string(what.level)},
          {"statement", what.statement},
          {"evidence", what.evidence},
          {"command", what.command},
          {"advice", what.advice}};
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "_-./:,+@%=";
  if (!text.empty() && text.find_first_not_of(safe) == std::string_view::npos)
    return std::string{text};
  std::string out{"'"};
  for (auto c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + '\'';
}

std::string typist::as_root(std::string_view command) const {
  return (is_root ? "" : "sudo ") + std::string{command};
}

} // namespace xylem
