#include "app/commands/token.hpp"

#include "actors/token_file.hpp"
#include "app/commands/token_store.hpp"
#include "command_fixture.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <doctest/doctest.h>

#include <set>
#include <thread>

#include <sys/stat.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

token_arguments about(const std::string& file, const std::string& name = {}) {
  token_arguments made;
  made.file = file;
  made.name = name;
  return made;
}

std::vector<token_record> tokens_in(const std::string& file) {
  auto read = read_tokens(file);
  REQUIRE(std::holds_alternative<std::vector<token_record>>(read));
  return std::get<std::vector<token_record>>(std::move(read));
}

std::size_t files_in(const temp_folder& folder) {
  std::filesystem::directory_iterator files{folder.path()};
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

} // namespace

TEST_CASE("a token has 32 random bytes behind its mark, and no two are the same") {
  std::set<std::string> made;
  for (auto i = 0; i < 100; ++i) {
    auto token = new_token();
    CHECK(token.size() == 4 + 43); // 32 bytes are 42 2/3 digits of base64
    CHECK(token.starts_with("xyl_"));
    CHECK(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        == std::string::npos);
    made.insert(token);
  }
  CHECK(made.size() == 100);
}

TEST_CASE("a token is printed once, and only its hash is stored, for its owner alone") {
  temp_folder folder;
  recorded_console to;
  auto arguments = about(folder / "tokens.json", "panel");
  arguments.scope = access_scope::command;
  CHECK(run_token_create(arguments, to.io) == 0);
  auto token = to.out.str().substr(0, to.out.str().size() - 1);
  CHECK(
      tokens_in(folder / "tokens.json")
      == std::vector<token_record>{{"panel", hash_token(token), access_scope::command, test_time}});
  CHECK(to.err.str().find("not shown again") != std::string::npos);
  struct stat about_file {};
  REQUIRE(stat((folder / "tokens.json").c_str(), &about_file) == 0);
  CHECK((about_file.st_mode & 0777) == 0600);
  CHECK(files_in(folder) == 2); // with the lock; nothing else is left
}

TEST_CASE("tokens are listed without their secret, and revoked by name") {
  temp_folder folder;
  const auto file = folder / "tokens.json";
  recorded_console ignored;
  REQUIRE(run_token_create(about(file, "a"), ignored.io) == 0);
  REQUIRE(run_token_create(about(file, "b"), ignored.io) == 0);
  recorded_console list;
  CHECK(run_token_list(about(file), list.io) == 0);
  CHECK(list.out.str()
        == "NAME  SCOPE  CREATED\n"
           "a     read   2023-11-14T22:13:20.000Z\n"
           "b     read   2023-11-14T22:13:20.000Z\n");
  CHECK(run_token_revoke(about(file, "a"), ignored.io) == 0);
  CHECK(tokens_in(file).size() == 1);
  recorded_console last;
  CHECK(run_token_revoke(about(file, "b"), last.io) == 0);
  CHECK(last.err.str().find("last token") != std::string::npos);
  CHECK(tokens_in(file).empty());
}

TEST_CASE("tokens as JSON") {
  temp_folder folder;
  auto arguments = about(folder / "tokens.json", "panel");
  arguments.format = output_format::json;
  recorded_console created;
  CHECK(run_token_create(arguments, created.io) == 0);
  CHECK(created.out.str().starts_with(R"({"name":"panel","scope":"read","token":"xyl_)"));
  CHECK(created.err.str().empty());
  recorded_console listed;
  CHECK(run_token_list(arguments, listed.io) == 0);
  CHECK(listed.out.str()
        == R"({"tokens":[{"name":"panel","scope":"read","created":"2023-11-14T22:13:20.000Z"}]})"
           "\n");
}

TEST_CASE("what cannot be done with a token changes nothing and says why") {
  temp_folder folder;
  const auto file = folder / "tokens.json";
  recorded_console to;
  CHECK(run_token_create(about(file, "no blank"), to.io) == 2);
  CHECK(run_token_create(about("", "a"), to.io) == 2);
  CHECK(run_token_create(about(folder / "nowhere/tokens.json", "a"), to.io) == 1);
  REQUIRE(run_token_create(about(file, "a"), to.io) == 0);
  auto before = tokens_in(file);
  CHECK(run_token_create(about(file, "a"), to.io) == 1);
  CHECK(run_token_revoke(about(file, "b"), to.io) == 1);
  CHECK(tokens_in(file) == before);
  folder.write("broken.json", "{");
  CHECK(run_token_create(about(folder / "broken.json", "a"), to.io) == 1);
  CHECK(run_token_list(about(folder / "broken.json"), to.io) == 1);
}

TEST_CASE("two who add tokens at once lose none") {
  temp_folder folder;
  constexpr auto each = 20;
  auto add = [&](const std::string& name) {
    for (auto i = 0; i < each; ++i)
      change_tokens(folder / "tokens.json", [&](std::vector<token_record>& tokens) {
        tokens.push_back({name + std::to_string(i), hash_token(name + std::to_string(i)),
                          access_scope::read, test_time});
        return std::optional<std::string>{};
      });
  };
  std::thread first{add, "a"};
  std::thread second{add, "b"};
  first.join();
  second.join();
  CHECK(tokens_in(folder / "tokens.json").size() == 2 * each);
}

TEST_CASE("the tokens of a configuration are in its state_dir, unless it says where") {
  temp_folder folder;
  const auto mesh = std::string{"[[mesh]]\nserial = \"/dev/null\"\n"};
  recorded_console to;
  auto arguments = about("", "a");
  arguments.config = folder.write("a.toml", "state_dir = \"" + folder.path() + "\"\n" + mesh);
  CHECK(run_token_create(arguments, to.io) == 0);
  CHECK(tokens_in(folder / "tokens.json").size() == 1);
  arguments.config = folder.write("b.toml", mesh);
  CHECK(run_token_create(arguments, to.io) == 2);
}
