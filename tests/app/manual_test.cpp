#include "app/commands/manual.hpp"

#include "app/commands/check.hpp"
#include "app/commands/client_commands.hpp"
#include "app/commands/man.hpp"
#include "app/commands/monitor.hpp"
#include "app/commands/pki.hpp"
#include "app/commands/roff.hpp"
#include "app/commands/run.hpp"
#include "app/commands/sim.hpp"
#include "app/commands/state.hpp"
#include "app/commands/token.hpp"
#include "app/config/keys.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <algorithm>

using namespace xylem;

namespace {

/// As in main; tests/packages compares the pages with all that the program itself has.
struct program {
  program() {
    add_run(app, exit_code);
    add_sim(app, exit_code);
    add_monitor(app, exit_code);
    add_check(app, exit_code);
    add_client_commands(app, exit_code);
    add_token(app, exit_code);
    add_pki(app, exit_code);
    add_state(app, exit_code);
    add_man(app, exit_code);
  }

  CLI::App app{"a test", "xylem"};
  int exit_code = -1;
};

/// What a reader sees, near enough: without fonts and escapes.
std::string read(std::string text) {
  for (std::string_view mark : {"\\fB", "\\fR", "\\&"})
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
      text.erase(at, mark.size());
  for (std::pair<std::string_view, std::string_view> mark :
       {std::pair<std::string_view, std::string_view>{"\\-", "-"}, {"\\(dq", "\""},
        {"\\(aq", "'"}, {"\\(ti", "~"}, {"\\(ha", "^"}, {"\\(ga", "`"}, {"\\e", "\\"}})
    for (auto at = text.find(mark.first); at != std::string::npos;
         at = text.find(mark.first, at + mark.second.size()))
      text.replace(at, mark.first.size(), mark.second);
  return text;
}

const manual_page& page(const std::vector<manual_page>& pages, const std::string& name) {
  auto found = std::ranges::find(pages, name, &manual_page::name);
  REQUIRE_MESSAGE(found != pages.end(), name);
  return *found;
}

template <class Target>
void check_keys(const std::string& text, const key_table<Target>& keys) {
  for (const auto& key : keys) {
    INFO(key.name);
    CHECK(text.find("\n" + key.name + " = " + key.show(Target{}) + "\n") != std::string::npos);
  }
}

} // namespace

TEST_CASE("every command has a page, and every option and argument an entry in it") {
  program made;
  auto tree = command_tree(made.app);
  auto pages = manual_pages(tree);
  for_each_command(tree, [&](const command_node& node) {
    auto name = node.path;
    std::ranges::replace(name, ' ', '-');
    auto text = read(page(pages, name).text);
    CHECK(text.find(node.path + " [OPTIONS]") != std::string::npos);
    for (const auto& word : node.words) {
      std::string shown;
      for (const auto& spelled : word.names)
        shown += (shown.empty() ? "" : ", ") + spelled;
      INFO(name << ": " << shown << word.value);
      CHECK(text.find(".TP\n" + (shown.empty() ? word.value : shown)) != std::string::npos);
    }
  });
}

TEST_CASE("an entry says what is chosen from, its bounds, and which variable of the environment is read") {
  program made;
  auto pages = manual_pages(command_tree(made.app));
  auto nodes = read(page(pages, "xylem-nodes").text);
  CHECK(nodes.find("One of active, idle, disconnected.") != std::string::npos);
  CHECK(nodes.find("Of the environment: XYLEM_URL.") != std::string::npos);
  CHECK(nodes.find("[5]\n.br\nFrom 0.001 to 3600.\n") != std::string::npos);
  CHECK(read(page(pages, "xylem").text).find("\nXYLEM_URL\n") != std::string::npos);
}

TEST_CASE("every key of the configuration has an entry in xylem.toml(5), with its default") {
  auto text = read(configuration_page().text);
  check_keys(text, top_level_keys());
  check_keys(text, event_keys());
  check_keys(text, web_keys());
  check_keys(text, recorder_keys());
  check_keys(text, monitor_keys());
  check_keys(text, allowed_monitor_keys());
  check_keys(text, followed_gateway_keys());
  check_keys(text, log_keys());
  check_keys(text, mesh_keys());
  check_keys(text, data_type_keys());
  check_keys(text, data_field_keys());
}

TEST_CASE("whatever stands in a help, a page is ASCII, and no line is taken for a request") {
  roff_page made{"a-b", 1, "what's it"};
  made.paragraph(".TH is … no\\e \"request\"");
  made.entry("'x", "", "→ é");
  CHECK(made.text().find("\n\\&.TH is ... no\\ee \\(dqrequest\\(dq\n") != std::string::npos);
  CHECK(made.text().find("\\(aqx") != std::string::npos);
  CHECK(std::ranges::all_of(made.text(), [](char c) { return c == '\n' || (c >= ' ' && c < 0x7F); }));
  program all;
  for (const auto& one : manual_pages(command_tree(all.app)))
    CHECK_MESSAGE(one.text.find("??") == std::string::npos,
                  one.name << " has a character that roff.cpp does not know");
}
