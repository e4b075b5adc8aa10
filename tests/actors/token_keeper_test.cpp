#include "actors/token_keeper.hpp"

#include "actors/token_file.hpp"
#include "tests/actors/actor_fixture.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

namespace fs = std::filesystem;

/// A token file that comes, goes and breaks.
struct kept {
  kept() { fs::create_directories(folder); }
  ~kept() { fs::remove_all(folder); }

  void write(std::span<const token_record> tokens) {
    fs::remove_all(path);
    std::ofstream{path} << to_text(tokens);
  }

  bool refresh() { return keeper.refresh(log); }

  /// How somebody without, and somebody with the token `known` fare.
  std::optional<problem_kind> refusal_of(std::optional<std::string_view> token) const {
    auto admitted = keeper.admit(token);
    auto why = std::get_if<problem>(&admitted);
    return why ? std::optional{why->kind} : std::nullopt;
  }

  static token_record known() { return {"office", hash_token("known"), access_scope::read, {}}; }

  actor_fixture actors;
  actor_log log{actors.log, "web_server"};
  fs::path folder = fs::temp_directory_path() / ("xylem-tokens-" + std::to_string(getpid()));
  fs::path path = folder / "tokens.json";
  token_keeper keeper{path.string(), false};
};

constexpr std::size_t once = 1;

} // namespace

TEST_CASE("without a token file everybody is admitted, and nobody any more once there was one") {
  kept all;
  CHECK_FALSE(all.refresh());
  CHECK_FALSE(all.refusal_of(std::nullopt));
  auto known = kept::known();
  all.write({&known, 1});
  CHECK(all.refresh());
  CHECK(all.refusal_of(std::nullopt) == problem_kind::token_required);
  CHECK(all.refusal_of("other") == problem_kind::token_unknown);
  CHECK_FALSE(all.refusal_of("known"));
  fs::remove(all.path);
  CHECK(all.refresh());
  CHECK(all.refusal_of(std::nullopt) == problem_kind::token_required);
}

TEST_CASE("a file that nobody can look at admits nobody") {
  kept all;
  fs::create_symlink(all.path, all.path); // leads to itself
  all.refresh();
  CHECK(all.refusal_of(std::nullopt) == problem_kind::not_available);
}

TEST_CASE("a file that cannot be read is told once, tried again, and those who are there stay") {
  kept all;
  auto known = kept::known();
  all.write({&known, 1});
  all.refresh();
  fs::remove(all.path);
  fs::create_directory(all.path);
  for (auto tries = 0; tries < 3; ++tries)
    CHECK_FALSE(all.refresh());
  CHECK(all.refusal_of("known") == problem_kind::not_available);
  CHECK(all.keeper.still_admits(known.hash));
  CHECK(all.actors.count_in_log("tokens cannot be read") == once);
  all.write({&known, 1});
  CHECK(all.refresh());
  CHECK_FALSE(all.refusal_of("known"));
}

TEST_CASE("who was admitted by a token goes with it, and without one with the first token") {
  kept all;
  CHECK(all.keeper.still_admits(std::nullopt));
  auto known = kept::known();
  all.write({&known, 1});
  all.refresh();
  CHECK_FALSE(all.keeper.still_admits(std::nullopt));
  CHECK(all.keeper.still_admits(known.hash));
  all.write({});
  all.refresh();
  CHECK_FALSE(all.keeper.still_admits(known.hash));
}
