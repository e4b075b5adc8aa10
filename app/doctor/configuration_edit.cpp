#include "app/doctor/configuration_edit.hpp"

#include "app/config/overrides.hpp"
#include "app/config/toml_reader.hpp"

#include <unistd.h>

#include <filesystem>

namespace xylem {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    out.emplace_back(line);
  }
  return out;
}

std::string trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t\r");
  auto last = text.find_last_not_of(" \t\r");
  return first == std::string_view::npos ? std::string{}
                                         : std::string{text.substr(first, last - first + 1)};
}

/// What sed and the shell take as it is.
bool is_plain(std::string_view text) {
  return text.find_first_of("\\\r\n") == std::string_view::npos;
}

bool is_file_writable(const std::string& file) {
  return access(file.c_str(), W_OK) == 0 && access(fs::path{file}.parent_path().c_str(), W_OK) == 0;
}

} // namespace

configuration_editor::configuration_editor(const configuration_source& source, typist who)
    : lines_{lines_of(source.text)}, ends_line_{source.text.empty() || source.text.back() == '\n'},
      who_{std::move(who)} {
  if (source.file.empty())
    return;
  std::error_code ignored;
  file_ = fs::absolute(source.file, ignored).lexically_normal().string();
  may_write_ = is_file_writable(file_);
  read_toml(draft_, file_, source.text);
  for (const auto& what : overrides_of(source.environment))
    apply(draft_, what);
  for (const auto& text : source.sets)
    if (auto what = parse_set(draft_, text))
      apply(draft_, *what);
}

std::string configuration_editor::set(const std::string& path, const std::string& value) const {
  auto name = std::string{split_path(path).second};
  if (file_.empty() || !is_plain(value))
    return {};
  auto place = draft_.places.find(path);
  if (place == draft_.places.end())
    return added(path, name + " = " + value);
  return place->second.file == file_ ? replaced(place->second.line, name, value) : std::string{};
}

std::string configuration_editor::replaced(std::size_t line, const std::string& name,
                                           const std::string& value) const {
  if (line == 0 || line > lines_.size() || !is_plain(lines_[line - 1]))
    return {};
  const auto& old = lines_[line - 1];
  auto equals = old.find('=');
  if (equals == std::string::npos || trimmed(old.substr(0, equals)) != name)
    return {}; // within an inline table, or a value of several lines
  auto indent = old.substr(0, old.find_first_not_of(" \t"));
  return sed(std::to_string(line) + "c\\" + indent + name + " = " + value);
}

std::string configuration_editor::added(const std::string& path, const std::string& line) const {
  auto section = std::string{split_path(path).first};
  std::size_t header = 0;
  if (auto place = draft_.places.find(section);
      place != draft_.places.end() && place->second.file == file_)
    header = place->second.line;
  for (std::size_t i = 0; header == 0 && i < lines_.size(); ++i)
    if (trimmed(lines_[i].substr(0, lines_[i].find('#'))) == '[' + section + ']')
      header = i + 1;
  if (header > 0 && header <= lines_.size())
    return trimmed(lines_[header - 1]).starts_with('[') ? sed(std::to_string(header) + "a\\" + line)
                                                        : std::string{};
  if (section.empty() || section.starts_with("mesh"))
    return {};
  auto append = std::string{"printf '%s\\n' "} + (ends_line_ ? "" : "'' ")
                + shell_word('[' + section + ']') + ' ' + shell_word(line) + ' ';
  return may_write_ ? append + ">>" + shell_word(file_)
                    : append + "| " + who_.as_root("tee -a " + shell_word(file_)) + " >/dev/null";
}

std::string configuration_editor::respell(std::size_t line, const std::string& word,
                                          const std::string& right) const {
  auto is_word = [](const std::string& text) {
    return !text.empty()
           && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  };
  if (file_.empty() || !is_word(word) || !is_word(right) || line == 0 || line > lines_.size()
      || lines_[line - 1].find(word) == std::string::npos)
    return {};
  return sed(std::to_string(line) + "s/\\b" + word + "\\b/" + right + '/');
}

std::string configuration_editor::sed(const std::string& script) const {
  auto command = "sed -i --follow-symlinks " + shell_word(script) + ' ' + shell_word(file_);
  return may_write_ ? command : who_.as_root(command);
}

} // namespace xylem
