#include "app/commands/man.hpp"

#include "app/commands/console.hpp"
#include "app/commands/manual.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace xylem {

namespace {

struct man_arguments {
  std::vector<std::string> words;
  std::string folder;
  bool only_names = false;
};

std::string name_of(const std::vector<std::string>& words) {
  std::string out{"xylem"};
  for (const auto& word : words)
    out += "-" + word;
  return words == std::vector<std::string>{"xylem.toml"} ? "xylem.toml" : out;
}

int print(const std::vector<manual_page>& pages, const std::vector<std::string>& words) {
  auto page = std::ranges::find(pages, name_of(words), &manual_page::name);
  if (page == pages.end()) {
    std::cerr << "there is no page " << name_of(words) << "; xylem man --list names them\n";
    return exit_codes::usage;
  }
  std::cout << page->text;
  return exit_codes::ok;
}

int list(const std::vector<manual_page>& pages) {
  for (const auto& page : pages)
    std::cout << page.name << '(' << page.section << ")\n";
  return exit_codes::ok;
}

int write(const std::vector<manual_page>& pages, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& page : pages) {
    std::ofstream out{folder / (page.name + "." + std::to_string(page.section)),
                      std::ios::binary};
    out << page.text;
    if (!out.flush()) {
      std::cerr << folder.string() << ": cannot be written\n";
      return exit_codes::failed;
    }
  }
  return exit_codes::ok;
}

} // namespace

void add_man(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("man", "A page of the manual, for man -l");
  auto arguments = std::make_shared<man_arguments>();
  auto* words = command
                    ->add_option("COMMAND", arguments->words,
                                 "Which one, such as token create; xylem.toml: the configuration")
                    ->type_name("");
  auto* all = command->add_option("--out", arguments->folder, "Write all pages into this folder")
                  ->type_name("PATH")
                  ->excludes(words);
  command->add_flag("--list", arguments->only_names, "Name all pages")
      ->excludes(words)
      ->excludes(all);
  command->callback([&app, arguments, &exit_code] {
    auto pages = manual_pages(command_tree(app));
    exit_code = arguments->only_names        ? list(pages)
                : !arguments->folder.empty() ? write(pages, arguments->folder)
                                             : print(pages, arguments->words);
  });
}

} // namespace xylem
