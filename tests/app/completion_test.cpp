#include "app/commands/completion.hpp"

#include "app/commands/client_commands.hpp"
#include "app/commands/command_tree.hpp"
#include "app/commands/doctor.hpp"
#include "app/commands/man.hpp"
#include "app/commands/monitor.hpp"
#include "app/commands/pki.hpp"
#include "app/commands/replay.hpp"
#include "app/commands/token.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

using namespace xylem;
using namespace xylem::testing;

namespace {

struct program {
  program() {
    add_client_commands(app, exit_code);
    add_replay(app, exit_code);
    add_token(app, exit_code);
    add_pki(app, exit_code);
    add_monitor(app, exit_code);
    add_doctor(app, exit_code);
    add_completion(app, exit_code);
    add_man(app, exit_code);
  }

  CLI::App app{"a test", "xylem"};
  int exit_code = -1;
};

std::string output_of(const std::string& line) {
  auto* pipe = popen(line.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 4096> room{};
  while (auto count = fread(room.data(), 1, room.size(), pipe))
    out.append(room.data(), count);
  REQUIRE(pclose(pipe) == 0);
  return out;
}

bool is_installed(const std::string& shell) {
  return std::system(("command -v " + shell + " >/dev/null 2>&1").c_str()) == 0;
}

/// What bash offers behind these words, the last of which is being written.
std::vector<std::string> offered(const temp_folder& folder, const std::vector<std::string>& words) {
  auto script = folder.write("xylem.bash", bash_completion(program{}.app));
  std::string list;
  for (const auto& word : words)
    list += " '" + word + "'";
  auto run =
      folder.write("run.bash", "cd '" + folder.path() + "'\nsource '" + script + "'\nCOMP_WORDS=("
                                   + list + ")\nCOMP_CWORD=" + std::to_string(words.size() - 1)
                                   + "\n_xylem\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
  auto text = output_of("bash '" + run + "'");
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
    found.push_back(text.substr(at, text.find('\n', at) - at));
  return found;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

} // namespace

TEST_CASE("the tree of commands knows what each word is") {
  program made;
  auto tree = command_tree(made.app);
  auto nodes = std::ranges::find(tree.children, "xylem nodes", &command_node::path);
  REQUIRE(nodes != tree.children.end());
  auto word = [&](const std::string& name) {
    return *std::ranges::find_if(nodes->words,
                                 [&](const auto& one) { return has(one.names, name); });
  };
  CHECK(word("--json").kind == word_kind::flag);
  CHECK(word("--token-file").kind == word_kind::file);
  CHECK(word("--url").kind == word_kind::free);
  CHECK(word("--status").kind == word_kind::choice);
  CHECK(word("--status").choices == std::vector<std::string>{"active", "idle", "disconnected"});
}

TEST_CASE("bash completes commands, options, choices and files, wherever they stand") {
  temp_folder folder;
  folder.write("my token.txt", "x");
  CHECK(has(offered(folder, {"xylem", ""}), "nodes"));
  CHECK(offered(folder, {"xylem", "na"}) == std::vector<std::string>{""});
  CHECK(offered(folder, {"xylem", "st"}) == std::vector<std::string>{"status"});
  CHECK(offered(folder, {"xylem", "ma"}) == std::vector<std::string>{"man"});
  CHECK(offered(folder, {"xylem", "rep"}) == std::vector<std::string>{"replay"});
  CHECK(offered(folder, {"xylem", "do"}) == std::vector<std::string>{"doctor"});
  CHECK(offered(folder, {"xylem", "doctor", "--config", "my"})
        == std::vector<std::string>{"my token.txt"});
  CHECK(offered(folder, {"xylem", "bu"}) == std::vector<std::string>{"bundle"});
  CHECK(offered(folder, {"xylem", "token", "re"}) == std::vector<std::string>{"revoke"});
  CHECK(offered(folder, {"xylem", "pki", "is"}) == std::vector<std::string>{"issue"});
  CHECK(has(offered(folder, {"xylem", "monitor", "--kind", ""}), "reading"));
  CHECK(offered(folder, {"xylem", "monitor", "--append", "my"})
        == std::vector<std::string>{"my token.txt"});
  CHECK(offered(folder, {"xylem", "pki", "issue", "--dir", "my"})
        == std::vector<std::string>{"my token.txt"});
  CHECK(offered(folder, {"xylem", "token", "create", "--sco"})
        == std::vector<std::string>{"--scope"});
  CHECK(offered(folder, {"xylem", "nodes", "--status", "a"}) == std::vector<std::string>{"active"});
  CHECK(offered(folder, {"xylem", "nodes", "--json", "--token-file", "my"})
        == std::vector<std::string>{"my token.txt"});
  CHECK(offered(folder, {"xylem", "nodes", "--url", "s"}) == std::vector<std::string>{""});
  CHECK(offered(folder, {"xylem", "completion", "f"}) == std::vector<std::string>{"fish"});
  // "status" is a word of the message here, not a command.
  CHECK(has(offered(folder, {"xylem", "send", "5", "status", "--w"}), "--wait"));
}

TEST_CASE("every script is one for its shell, as far as that is installed") {
  temp_folder folder;
  program made;
  CHECK(output_of("bash -n '" + folder.write("x.bash", bash_completion(made.app)) + "' 2>&1")
        == "");
  auto zsh = folder.write("_xylem", zsh_completion(made.app));
  if (is_installed("zsh"))
    CHECK(output_of("zsh -n '" + zsh + "' 2>&1") == "");
  auto fish = folder.write("xylem.fish", fish_completion(made.app));
  if (is_installed("fish"))
    CHECK(output_of("fish --no-execute '" + fish + "' 2>&1") == "");
}
