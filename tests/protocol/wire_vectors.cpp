#include "wire_vectors.hpp"

#include <fstream>
#include <stdexcept>

namespace xylem {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string_view without_comment(std::string_view line) {
  auto quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    quoted = quoted != (line[i] == '"');
    if (line[i] == '#' && !quoted)
      return line.substr(0, i);
  }
  return line;
}

bytes hex(std::string_view text) {
  auto data = from_hex(text);
  if (!data || data->empty())
    throw std::runtime_error{"not hex: " + std::string{text}};
  return std::move(*data);
}

void append_repeated(bytes& out, std::string_view unit, std::string_view times) {
  for (auto left = std::stoul(std::string{times}); left > 0; --left)
    append(out, hex(unit));
}

/// AAAA..BBBB:XX
void append_range(bytes& out, std::string_view range) {
  auto dots = range.find("..");
  auto colon = std::min(range.find(':'), range.size());
  auto last = read_big(hex(range.substr(dots + 2, colon - dots - 2)));
  for (auto i = read_big(hex(range.substr(0, dots))); i <= last; ++i) {
    append_big(out, static_cast<std::uint16_t>(i));
    if (colon < range.size())
      append(out, hex(range.substr(colon + 1)));
  }
}

void append_word(bytes& out, std::string_view word) {
  if (auto star = word.find('*'); star != std::string_view::npos)
    append_repeated(out, word.substr(0, star), word.substr(star + 1));
  else if (word.find("..") != std::string_view::npos)
    append_range(out, word);
  else
    append(out, hex(word));
}

void read_line(std::string_view line, std::vector<wire_vector>& vectors) {
  auto rest = [&](std::size_t skipped) { return std::string{trimmed(line.substr(skipped))}; };
  if (line.starts_with("== ")) {
    vectors.push_back({rest(3), {}, {}, {}});
    return;
  }
  if (vectors.empty())
    throw std::runtime_error{"no vector has begun"};
  auto& vector = vectors.back();
  if (line.starts_with("@ "))
    vector.settings.push_back(rest(2));
  else if (line.starts_with("-> "))
    vector.expected.push_back(rest(3));
  else
    append(vector.data, parse_bytes(line));
}

} // namespace

bytes parse_bytes(std::string_view text) {
  bytes out;
  while (!(text = trimmed(text)).empty()) {
    auto quoted = text.front() == '"';
    auto end = quoted ? text.find('"', 1) : text.find_first_of(" \t\"");
    if (quoted && end == std::string_view::npos)
      throw std::runtime_error{"text without an end"};
    end = std::min(end, text.size());
    if (quoted)
      append(out, text.substr(1, end - 1));
    else
      append_word(out, text.substr(0, end));
    text.remove_prefix(quoted ? end + 1 : end);
  }
  return out;
}

std::vector<std::string> with_runs_written_out(std::vector<std::string> lines) {
  for (auto& line : lines)
    if (auto star = line.find('*'); star != std::string::npos && star >= 2)
      line.replace(star - 2, std::string::npos, to_hex(parse_bytes(line.substr(star - 2))));
  return lines;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trimmed(text)).empty()) {
    auto end = std::min(text.find_first_of(blanks), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::vector<wire_vector> read_vectors(const std::string& file) {
  auto path = std::string{XYLEM_SOURCE_DIR "/tests/vectors/"} + file;
  std::ifstream input{path};
  if (!input)
    throw std::runtime_error{"cannot read " + path};
  std::vector<wire_vector> vectors;
  std::string line;
  for (auto number = 1; std::getline(input, line); ++number) {
    try {
      if (auto content = trimmed(without_comment(line)); !content.empty())
        read_line(content, vectors);
    } catch (const std::exception& reason) {
      throw std::runtime_error{path + ":" + std::to_string(number) + ": " + reason.what()};
    }
  }
  if (vectors.empty())
    throw std::runtime_error{"no vectors in " + path};
  return vectors;
}

} // namespace xylem
