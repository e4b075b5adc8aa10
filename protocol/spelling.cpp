#include "protocol/spelling.hpp"

#include "protocol/bytes.hpp"

#include <algorithm>

namespace xylem {

namespace {

/// Longest value that is quoted, in bytes.
constexpr std::size_t shown_value = 60;

/// Longest word that is compared with the known ones; none comes near it.
constexpr std::size_t longest_word = 64;

/// Insertions, deletions, replacements and swaps of neighbours that make `left` of `right`.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1), last(right.size() + 1), row(right.size() + 1);
  for (std::size_t i = 0; i <= right.size(); ++i)
    last[i] = i;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      auto differs = left[i - 1] != right[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (differs ? 1 : 0)});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[right.size()];
}

} // namespace

std::string_view closest_word(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > longest_word)
    return {};
  auto best = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string_view found;
  for (auto candidate : candidates) {
    if (auto distance = edit_distance(word, candidate); distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string in_quotes(std::string_view text) {
  auto cut = text.size() > shown_value;
  return '"' + escaped_text(view_of(text.substr(0, shown_value))) + (cut ? "…\"" : "\"");
}

std::string listed(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0)
      out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  return out;
}

} // namespace xylem
