#include "app/commands/manual.hpp"

#include "app/commands/roff.hpp"

#include <map>

namespace xylem {

namespace {

std::string page_name(std::string path) {
  for (auto& c : path)
    c = c == ' ' ? '-' : c;
  return path;
}

/// Behind a summary stands no dot, and in a page's heading no second line.
std::string summary_of(const std::string& help) {
  auto text = help.substr(0, help.find('\n'));
  return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

std::string argument_of(const command_word& word) {
  auto shown = word.value + (word.is_repeatable && !word.value.ends_with(']') ? " ..." : "");
  return word.is_required ? shown : "[" + shown + "]";
}

void write_synopsis(roff_page& page, const command_node& node) {
  page.section("SYNOPSIS");
  std::string behind = " [OPTIONS]";
  for (const auto& word : node.words)
    if (word.names.empty())
      behind += " " + argument_of(word);
  if (!node.children.empty())
    behind += " COMMAND";
  page.bold_paragraph(node.path, behind);
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// What a value may be, and what it is when nobody says it.
std::string about_value(const command_word& word) {
  std::vector<std::string> parts;
  if (!word.choices.empty())
    parts.push_back("One of " + joined(word.choices) + ".");
  if (!word.bounds.empty())
    parts.push_back("From " + word.bounds + ".");
  if (!word.default_value.empty())
    parts.push_back("Default: " + word.default_value + ".");
  if (!word.variable.empty())
    parts.push_back("Of the environment: " + word.variable + ".");
  if (word.is_required && !word.names.empty())
    parts.push_back("Required.");
  if (word.is_repeatable && !word.names.empty())
    parts.push_back("May be given several times.");
  std::string out;
  for (const auto& part : parts)
    out += (out.empty() ? "" : " ") + part;
  return out;
}

void write_word(roff_page& page, const command_word& word) {
  if (word.names.empty())
    page.entry(word.value, "", word.help);
  else
    page.entry(joined(word.names), word.value.empty() ? "" : " " + word.value, word.help);
  if (auto more = about_value(word); !more.empty())
    page.next_paragraph_of_entry(more);
}

void write_words(roff_page& page, const command_node& node) {
  auto has_arguments = false;
  for (const auto& word : node.words) {
    if (!word.names.empty())
      continue;
    if (!has_arguments)
      page.section("ARGUMENTS");
    has_arguments = true;
    write_word(page, word);
  }
  page.section("OPTIONS");
  for (const auto& word : node.words)
    if (!word.names.empty())
      write_word(page, word);
}

void write_commands(roff_page& page, const command_node& node) {
  if (node.children.empty())
    return;
  page.section("COMMANDS");
  for (const auto& child : node.children)
    page.entry(page_name(child.path), "(1)", child.help);
}

void write_exit_codes(roff_page& page) {
  page.section("EXIT STATUS");
  page.entry("0", "", "Done.");
  page.entry("1", "", "It failed, or the gateway refused.");
  page.entry("2", "", "It was asked in a wrong way, or the configuration is wrong.");
  page.entry("3", "", "No gateway answers.");
}

/// Of all commands, each variable once.
void write_environment(roff_page& page, const command_node& program) {
  std::map<std::string, std::string> found;
  for_each_command(program, [&](const command_node& node) {
    for (const auto& word : node.words)
      if (!word.variable.empty())
        found[word.variable] = word.help;
  });
  page.section("ENVIRONMENT");
  for (const auto& [name, help] : found)
    page.entry(name, "", help);
  page.entry("XYLEM_SECTION__KEY", "",
             "A key of the configuration, such as XYLEM_LOG__LEVEL; see xylem.toml(5).");
}

void write_files(roff_page& page) {
  page.section("FILES");
  page.entry("/etc/xylem/xylem.toml", "", "The configuration of the service; see xylem.toml(5).");
  page.entry("/var/lib/xylem", "", "What the service keeps over restarts.");
  page.entry("/dev/xylem-root", "", "The serial port of the root, as the udev rule names it.");
}

void write_see_also(roff_page& page, const command_node& node, const std::string& above) {
  page.section("SEE ALSO");
  std::string others = above.empty() ? "" : page_name(above) + "(1), ";
  page.paragraph(others + (node.path.find(' ') != std::string::npos && above != "xylem" ? "xylem(1), " : "")
                 + "xylem.toml(5)");
}

manual_page page_of(const command_node& node, const std::string& above,
                    const command_node& program) {
  roff_page page{page_name(node.path), 1, summary_of(node.help)};
  write_synopsis(page, node);
  write_commands(page, node);
  write_words(page, node);
  write_exit_codes(page);
  if (above.empty()) {
    write_environment(page, program);
    write_files(page);
  }
  write_see_also(page, node, above);
  return {page_name(node.path), 1, page.text()};
}

void add_pages(std::vector<manual_page>& out, const command_node& node, const std::string& above,
               const command_node& program) {
  out.push_back(page_of(node, above, program));
  for (const auto& child : node.children)
    add_pages(out, child, node.path, program);
}

} // namespace

std::vector<manual_page> manual_pages(const command_node& program) {
  std::vector<manual_page> out;
  add_pages(out, program, "", program);
  out.push_back(configuration_page());
  return out;
}

} // namespace xylem
