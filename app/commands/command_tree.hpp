#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace xylem {

enum class word_kind : std::uint8_t {
  flag,   ///< an option without a value
  file,   ///< a path
  choice, ///< one of `choices`
  free,   ///< nothing that could be completed
};

/// An option, or an argument that has no name of its own.
struct command_word {
  std::vector<std::string> names; ///< `--json`, `-h`; none: its place says what it is
  std::string help;
  std::string value; ///< what a person calls its value
  word_kind kind = word_kind::free;
  std::vector<std::string> choices;
  std::string bounds{};        ///< of a number: `0 to 1`
  std::string variable{};      ///< of the environment; it goes before the default
  std::string default_value{}; ///< empty: there is none, or the help says it
  bool is_required = false;
  bool is_repeatable = false;
};

/// A command as the completions of shells need it.
struct command_node {
  std::string path; ///< `xylem token create`
  std::string name;
  std::string help;
  std::vector<command_word> words;
  std::vector<command_node> children;
};

command_node command_tree(const CLI::App& app);

/// Calls `visit` for a command and all below it.
template <class Visit>
void for_each_command(const command_node& node, const Visit& visit) {
  visit(node);
  for (const auto& child : node.children)
    for_each_command(child, visit);
}

} // namespace xylem
