#include "app/config/toml_reader.hpp"

#include "app/config/data_type_reader.hpp"
#include "app/config/monitor_reader.hpp"

namespace xylem {

namespace {

template <class Read>
void with_subtable(const toml_section& parent, const std::string& key, Read read) {
  auto node = parent.table.get(key);
  if (!node)
    return;
  if (auto table = node->as_table())
    read(toml_section{parent.draft, *table, parent.path_of(key), parent.document});
  else
    parent.report(*node, key, "expected the table [" + key + "], there is only one");
}

template <class Target>
void read_subtable(const toml_section& parent, const std::string& key,
                   const key_table<Target>& keys, Target& target) {
  with_subtable(parent, key, [&](const toml_section& section) { section.read(keys, target); });
}

void read_mesh(const toml_section& section) {
  auto& draft = section.draft;
  auto& mesh = draft.meshes.emplace_back();
  auto at = section;
  at.path = mesh_path(draft.meshes.size() - 1);
  draft.places.insert_or_assign(at.path, at.place_of(at.table));
  at.read(mesh_keys(), mesh, {"data_type"});
  read_data_types(at, mesh);
}

/// Dots bound how deep `a.b.c` nests. The parser bounds brackets itself (256), but it frees tables
/// by recursion, and 8 MiB of stack end between 16,000 and 32,000 levels.
constexpr std::ptrdiff_t most_dots = 10'000;

bool nests_too_deep(std::string_view text) {
  return std::ranges::count(text, '.') > most_dots;
}

std::string too_deep() {
  return "more than " + std::to_string(most_dots)
         + " dots, names may be nested too deep to be read";
}

std::string cause_of(const toml::parse_error& error) {
  return "not TOML: " + escaped_text(view_of(error.description()));
}

/// A line that breaks the syntax and holds one key and its value, or nothing that the parser can
/// be asked to go on after: what follows a broken header would be read into another table.
bool can_do_without(std::string_view line) {
  auto begin = line.find_first_not_of(" \t");
  auto equals = line.find('=');
  return begin != std::string_view::npos && line[begin] != '[' && equals != std::string_view::npos
         && line.find_first_of("{}[]", equals) == std::string_view::npos
         && line.find("\"\"\"") == std::string_view::npos
         && line.find("'''") == std::string_view::npos;
}

/// Blanks the line; false: the rest cannot be read without it.
bool drop_line(std::string& text, std::size_t number) {
  std::size_t begin = 0;
  for (std::size_t line = 1; line < number; ++line) {
    begin = text.find('\n', begin);
    if (begin == std::string::npos)
      return false;
    ++begin;
  }
  auto end = std::min(text.find('\n', begin), text.size());
  if (!can_do_without(std::string_view{text}.substr(begin, end - begin)))
    return false;
  std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin),
            text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
  return true;
}

/// Lines with broken syntax that are told at once.
constexpr std::size_t most_broken_lines = 10;

void read_document(configuration_draft& draft, std::string_view file, const toml::table& root) {
  toml_section top{draft, root, {}, {std::string{file}, 1, 1}};
  top.read(top_level_keys(), draft.gateway,
           {"events", "web", "recorder", "log", "monitor", "mesh", "gateway"});
  read_subtable(top, "events", event_keys(), draft.gateway.events);
  read_subtable(top, "web", web_keys(), draft.web);
  read_subtable(top, "recorder", recorder_keys(), draft.gateway.recorder);
  read_subtable(top, "log", log_keys(), draft.gateway.log);
  with_subtable(top, "monitor", read_monitor);
  top.read_tables("mesh", read_mesh);
  top.read_tables("gateway", read_followed_gateway);
}

} // namespace

bool read_toml(configuration_draft& draft, std::string_view file, std::string_view text) {
  if (nests_too_deep(text)) {
    draft.report({std::string{file}}, {}, too_deep());
    return false;
  }
  std::string rest{text};
  for (std::size_t broken = 0; broken < most_broken_lines; ++broken) {
    try {
      read_document(draft, file, toml::parse(rest));
      return broken == 0;
    } catch (const toml::parse_error& error) {
      const auto& at = error.source().begin;
      draft.report({std::string{file}, at.line, at.column}, {}, cause_of(error));
      if (!drop_line(rest, at.line))
        return false;
    }
  }
  return false;
}

void read_data_types_text(configuration_draft& draft, mesh_draft& mesh, const std::string& path,
                          const std::string& shown, std::string_view text,
                          const source_place& where) {
  if (nests_too_deep(text))
    return draft.report(where, shown, too_deep());
  try {
    auto root = toml::parse("data_type = " + std::string{text});
    mesh.data_types.clear();
    read_data_types({draft, root, path, where}, mesh);
  } catch (const toml::parse_error& error) {
    draft.report(where, shown, cause_of(error));
  }
}

void read_allowed_text(configuration_draft& draft, const std::string& shown, std::string_view text,
                       const source_place& where) {
  if (nests_too_deep(text))
    return draft.report(where, shown, too_deep());
  try {
    auto root = toml::parse("allow = " + std::string{text});
    read_allowed({draft, root, "monitor", where});
  } catch (const toml::parse_error& error) {
    draft.report(where, shown, cause_of(error));
  }
}

} // namespace xylem
