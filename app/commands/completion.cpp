#include "app/commands/completion.hpp"

#include "app/commands/client_options.hpp"
#include "app/commands/command_tree.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace xylem {

namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : std::string{between}) + word;
  return out;
}

/// As one word of a shell, whatever is in it.
std::string shell_word(std::string_view text) {
  std::string out{"'"};
  for (auto c : text)
    out += c == '\'' ? "'\\''" : std::string{c};
  return out + "'";
}

std::string bash_values(const command_word& word) {
  return word.kind == word_kind::file
             ? "compgen -f -- \"$current\""
             : "compgen -W " + shell_word(joined(word.choices, " ")) + " -- \"$current\"";
}

/// Everything that may stand behind the words of a command.
std::string bash_words(const command_node& node) {
  std::vector<std::string> words;
  std::string positional;
  for (const auto& child : node.children)
    words.push_back(child.name);
  for (const auto& word : node.words) {
    words.insert(words.end(), word.names.begin(), word.names.end());
    if (word.names.empty() && word.kind != word_kind::free)
      positional += "; " + bash_values(word);
  }
  return "compgen -W " + shell_word(joined(words, " ")) + " -- \"$current\"" + positional;
}

/// What may stand behind options that have a value; of those without help all at once.
std::string bash_options_with_values(const command_node& node, std::vector<std::string>& free) {
  std::string cases;
  for (const auto& word : node.words) {
    std::vector<std::string> patterns;
    for (const auto& name : word.names)
      patterns.push_back(shell_word(node.path + " " + name));
    if (word.kind == word_kind::free)
      free.insert(free.end(), patterns.begin(), patterns.end());
    else if (word.kind != word_kind::flag && !patterns.empty())
      cases += "    " + joined(patterns, "|") + ") words=$(" + bash_values(word) + ") ;;\n";
  }
  return cases;
}

constexpr auto bash_head = R"(# bash completion of xylem: source it, or put it into
# ~/.local/share/bash-completion/completions/xylem
_xylem() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local path=xylem word words
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
)";

constexpr auto bash_middle = R"() path="$path $word" ;;
    esac
  done
  case "$path $previous" in
)";

constexpr auto bash_otherwise = R"(    *) case $path in
)";

constexpr auto bash_tail = R"(    esac ;;
  esac
  local IFS=$'\n'
  COMPREPLY=($words)
  [[ ${#COMPREPLY[@]} -gt 0 && -e ${COMPREPLY[0]} ]] && compopt -o filenames 2>/dev/null
  return 0
}
complete -F _xylem xylem
)";

std::string zsh_action(const command_word& word) {
  switch (word.kind) {
  case word_kind::file: return "_files";
  case word_kind::choice: return "(" + joined(word.choices, " ") + ")";
  case word_kind::free:
  case word_kind::flag: break;
  }
  return "";
}

/// `text` where `special` characters have a meaning, without that.
std::string zsh_plain(std::string_view text, std::string_view special) {
  std::string out;
  for (auto c : text)
    out += special.find(c) == std::string_view::npos ? std::string{c} : std::string{'\\', c};
  return out;
}

std::string zsh_word(const command_word& word) {
  auto value = zsh_plain(word.value.empty() ? "value" : word.value, ":") + ":" + zsh_action(word);
  // Of what nothing is known, nothing is said: a message would keep zsh from inserting a match.
  if (word.names.empty() && word.kind == word_kind::free)
    return "";
  if (word.names.empty())
    return "    " + shell_word("*:" + value) + " \\\n";
  std::string out;
  for (const auto& name : word.names)
    out += "    "
           + shell_word("*" + name + "[" + zsh_plain(word.help, "[]") + "]"
                        + (word.kind == word_kind::flag ? "" : ":" + value))
           + " \\\n";
  return out;
}

std::string function_of(std::string path) {
  for (auto& c : path)
    c = c == ' ' || c == '-' ? '_' : c;
  return "_" + path;
}

std::string zsh_function(const command_node& node) {
  auto out = function_of(node.path) + "() {\n";
  if (node.children.empty()) {
    out += "  _arguments -s \\\n";
    for (const auto& word : node.words)
      out += zsh_word(word);
    return out + "    && return\n}\n\n";
  }
  out += "  local -a commands\n  commands=(\n";
  for (const auto& child : node.children)
    out += "    " + shell_word(child.name + ":" + child.help) + "\n";
  out += "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
         "  local command=$words[2]\n  shift words\n  (( CURRENT -= 1 ))\n  case $command in\n";
  for (const auto& child : node.children)
    out += "    " + child.name + ") " + function_of(child.path) + " ;;\n";
  return out + "  esac\n}\n\n";
}

/// True in fish when the words so far are those of the command, without one of its children.
std::string fish_condition(const command_node& node) {
  std::string out;
  auto path = node.path.substr(std::min(node.path.find(' '), node.path.size()));
  while (!path.empty()) {
    path.erase(0, 1);
    auto end = std::min(path.find(' '), path.size());
    out += (out.empty() ? "" : "; and ") + std::string{"__fish_seen_subcommand_from "}
           + path.substr(0, end);
    path.erase(0, end);
  }
  std::vector<std::string> names;
  for (const auto& child : node.children)
    names.push_back(child.name);
  if (!names.empty())
    out += (out.empty() ? "" : "; and ") + std::string{"not __fish_seen_subcommand_from "}
           + joined(names, " ");
  return out;
}

std::string fish_value(const command_word& word) {
  switch (word.kind) {
  case word_kind::flag: return "";
  case word_kind::file: return " -r -F";
  case word_kind::choice: return " -x -a " + shell_word(joined(word.choices, " "));
  case word_kind::free: break;
  }
  return " -x";
}

std::string fish_lines(const command_node& node) {
  auto begin = "complete -c xylem -n " + shell_word(fish_condition(node));
  std::string out;
  for (const auto& child : node.children)
    out += begin + " -a " + child.name + " -d " + shell_word(child.help) + "\n";
  for (const auto& word : node.words) {
    auto line = begin;
    for (const auto& name : word.names)
      line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    auto is_named = !word.names.empty();
    if (is_named)
      line += fish_value(word) + " -d " + shell_word(word.help);
    else if (word.kind == word_kind::file)
      line += " -F";
    else if (word.kind == word_kind::choice)
      line += " -a " + shell_word(joined(word.choices, " "));
    if (is_named || word.kind != word_kind::free)
      out += line + "\n";
  }
  return out;
}

} // namespace

std::string bash_completion(const CLI::App& app) {
  auto tree = command_tree(app);
  std::vector<std::string> paths;
  std::vector<std::string> free;
  std::string values;
  std::string words;
  for_each_command(tree, [&](const command_node& node) {
    if (node.path != tree.path)
      paths.push_back(shell_word(node.path));
    values += bash_options_with_values(node, free);
    words += "      " + shell_word(node.path) + ") words=$(" + bash_words(node) + ") ;;\n";
  });
  return bash_head + ("      " + joined(paths, " | \\\n        ")) + bash_middle + values
         + ("    " + joined(free, " | \\\n      ") + ") words= ;;\n") + bash_otherwise + words
         + bash_tail;
}

std::string zsh_completion(const CLI::App& app) {
  std::string out = "#compdef xylem\n# zsh completion of xylem: put it as _xylem into a folder of"
                    " $fpath\n\n";
  for_each_command(command_tree(app), [&](const command_node& node) { out += zsh_function(node); });
  return out
         + "if [ \"$funcstack[1]\" = _xylem ]; then\n  _xylem \"$@\"\nelse\n"
           "  compdef _xylem xylem\nfi\n";
}

std::string fish_completion(const CLI::App& app) {
  std::string out =
      "# fish completion of xylem: put it into ~/.config/fish/completions/xylem.fish\n"
      "complete -c xylem -f\n";
  for_each_command(command_tree(app), [&](const command_node& node) { out += fish_lines(node); });
  return out;
}

void add_completion(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("completion", "Script that completes commands in a shell");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "For which one")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, shell, &exit_code] {
    std::cout << (*shell == "bash"  ? bash_completion(app)
                  : *shell == "zsh" ? zsh_completion(app)
                                    : fish_completion(app));
    exit_code = exit_codes::ok;
  });
}

} // namespace xylem
