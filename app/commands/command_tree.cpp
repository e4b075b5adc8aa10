#include "app/commands/command_tree.hpp"

#include <CLI/CLI.hpp>

namespace xylem {

namespace {

/// CLI11 tells the choices of IsMember only in its description: `{bash,zsh,fish}`.
std::vector<std::string> choices_of(const std::string& type_name) {
  auto begin = type_name.find('{');
  auto end = type_name.find('}');
  std::vector<std::string> found;
  if (begin == std::string::npos || end == std::string::npos)
    return found;
  for (auto at = begin + 1; at <= end;) {
    auto next = std::min(type_name.find(',', at), end);
    found.push_back(type_name.substr(at, next - at));
    at = next + 1;
  }
  return found;
}

/// `HOST:PORT`, `SECONDS`: the name of the type, without what CLI11 adds for each check, such as
/// `:FLOAT in [0 - 1]` and `:{bash,zsh,fish}`.
std::string value_of(const CLI::Option& option) {
  auto type = option.get_type_name();
  type = type.substr(0, std::min(type.find(":{"), type.find(" in [")));
  if (type.size() < option.get_type_name().size() && type.find(':') != std::string::npos)
    type = type.substr(0, type.rfind(':'));
  auto is_plain = type.empty() || type == "TEXT";
  return is_plain && option.get_positional() ? option.get_name(true) : type;
}

/// `0 to 1` of `FLOAT in [0 - 1]`.
std::string bounds_of(const std::string& type_name) {
  auto begin = type_name.find(" in [");
  auto middle = type_name.find(" - ", begin);
  auto end = type_name.find(']', begin);
  if (begin == std::string::npos || middle >= end || end == std::string::npos)
    return "";
  begin += 5;
  return type_name.substr(begin, middle - begin) + " to "
         + type_name.substr(middle + 3, end - middle - 3);
}

bool is_file(const std::string& value) {
  return value == "FILE" || value == "PATH" || value == "PORT";
}

command_word word_of(const CLI::Option& option) {
  command_word made;
  for (const auto& name : option.get_snames())
    made.names.push_back("-" + name);
  for (const auto& name : option.get_lnames())
    made.names.push_back("--" + name);
  made.help = option.get_description();
  made.variable = option.get_envname();
  made.default_value = option.get_default_str();
  made.is_required = option.get_required();
  made.is_repeatable = option.get_items_expected_max() > 1;
  if (option.get_items_expected_max() == 0) {
    made.kind = word_kind::flag;
    return made;
  }
  made.value = value_of(option);
  made.bounds = bounds_of(option.get_type_name());
  made.choices = choices_of(option.get_type_name());
  made.kind = !made.choices.empty() ? word_kind::choice
              : is_file(made.value) ? word_kind::file
                                    : word_kind::free;
  return made;
}

command_node node_of(const CLI::App& app, const std::string& above) {
  command_node made;
  made.name = app.get_name();
  made.path = above + made.name;
  made.help = app.get_description();
  for (const auto* option : app.get_options())
    made.words.push_back(word_of(*option));
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    made.children.push_back(node_of(*command, made.path + " "));
  return made;
}

} // namespace

command_node command_tree(const CLI::App& app) {
  return node_of(app, "");
}

} // namespace xylem
