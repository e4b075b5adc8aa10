#include "app/commands/state.hpp"

#include "actors/history_database.hpp"
#include "actors/snapshot_files.hpp"
#include "actors/state_folder.hpp"
#include "app/state/state_archive.hpp"
#include "app/state/state_check.hpp"
#include "app/state/state_manifest.hpp"
#include "command_fixture.hpp"
#include "tests/gateway/temp_folder.hpp"
#include "tests/protocol/saved_states.hpp"
#include "protocol/version.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <set>

#include <sys/stat.h>
#include <unistd.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

namespace fs = std::filesystem;

saved_state state(unsigned seed) {
  auto made = state_maker{seed}.state(1, 5);
  made.meshes.front().name = "field";
  return made;
}

event reading_of(std::uint64_t seq) {
  return {.seq = seq,
          .time = test_time,
          .id = seq,
          .node = {7},
          .code = type_code{std::string_view{"T1."}},
          .state = 1,
          .data = small_bytes{from_hex("2a").value()}};
}

history_database open_database(const std::string& folder) {
  return history_database{{.file = folder + "/history.db", .meshes = {"field"}}};
}

/// A state_dir as a gateway leaves it.
struct kept_state {
  temp_folder folder;

  explicit kept_state(unsigned seed = 1) {
    snapshot_files files{folder.path()};
    files.save(state(seed));
    files.save(state(seed + 1));
    auto database = open_database(folder.path());
    std::vector events{reading_of(1), reading_of(2)};
    database.append(1, events);
  }
};

struct ran {
  int code = 0;
  std::string out{};
  std::string err{};
};

template <class Run>
ran run(const Run& command, const state_arguments& arguments) {
  recorded_console to;
  auto code = command(arguments, to.io);
  return {code, to.out.str(), to.err.str()};
}

ran export_to(const std::string& file, const std::string& folder) {
  return run(run_state_export, {.folder = folder, .archive = file});
}

ran import_from(const std::string& file, const std::string& folder, bool replace = false,
                const std::string& config = {}) {
  return run(run_state_import,
             {.folder = folder, .config = config, .archive = file, .replace = replace});
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> out;
  for (const auto& entry : fs::directory_iterator{folder})
    out.insert(entry.path().filename().string());
  return out;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// An archive of somebody who means no good.
using entries = std::vector<std::pair<std::string, std::string>>;

std::string archive_of(const temp_folder& folder, const entries& content) {
  auto file = folder / "made.tar.gz";
  archive_writer out{file};
  for (const auto& [name, text] : content)
    out.add_text(name, text);
  out.finish();
  return file;
}

entries content_of(const std::string& file) {
  entries out;
  archive_reader from{file};
  for (auto name = from.next(); !name.empty(); name = from.next())
    out.emplace_back(name, from.read_text(1 << 20));
  return out;
}

state_manifest manifest_in(const entries& content) {
  auto parsed = parse_manifest(content.front().second);
  REQUIRE(std::holds_alternative<state_manifest>(parsed));
  return std::get<state_manifest>(parsed);
}

/// Imports what an export becomes by a change, into a folder of its own.
template <class Change>
ran import_changed(const Change& change) {
  kept_state kept;
  temp_folder work;
  REQUIRE(export_to(work / "whole.tar.gz", kept.folder.path()).code == 0);
  auto content = content_of(work / "whole.tar.gz");
  change(content);
  auto file = archive_of(work, content);
  fs::create_directory(work / "fresh");
  auto done = import_from(file, work / "fresh");
  auto left = names_in(work / "fresh");
  left.erase("lock");
  CHECK(left.empty());
  CHECK(names_in(work.path()).size() == 3); // the folder and both archives
  return done;
}

template <class Change>
void change_manifest(entries& content, const Change& change) {
  auto manifest = manifest_in(content);
  change(manifest);
  content.front().second = to_text(manifest);
}

std::string config_with(const temp_folder& folder, const std::string& mesh) {
  return folder.write("xylem.toml", "[[mesh]]\nname = \"" + mesh
                                        + "\"\nserial = \"/dev/ttyUSB0\"\n");
}

} // namespace

TEST_CASE("what was exported is imported as the same state") {
  kept_state kept;
  temp_folder work;
  auto exported = export_to(work / "state.tar.gz", kept.folder.path());
  CHECK(exported.out == (work / "state.tar.gz") + ": snapshot, history.db\n");
  CHECK(exported.code == 0);
  auto imported = import_from(work / "state.tar.gz", work / "fresh");
  CHECK(imported.err == "");
  REQUIRE(imported.code == 0);
  CHECK(snapshot_files{work / "fresh"}.load().state
        == snapshot_files{kept.folder.path()}.load().state);
  auto database = open_database(work / "fresh");
  CHECK(database.reached() == cursor{1, 2});
  CHECK(database.last_reading(mesh_index{0}) == 2);
  CHECK(run(run_state_verify, {.folder = work / "fresh"}).code == 0);
}

TEST_CASE("an archive is its owner's alone, tells what is in it, and leaves nothing beside it") {
  kept_state kept;
  temp_folder work;
  REQUIRE(export_to(work / "state.tar.gz", kept.folder.path()).code == 0);
  CHECK(names_in(work.path()) == std::set<std::string>{"state.tar.gz"});
  struct stat about {};
  REQUIRE(stat((work / "state.tar.gz").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  auto content = content_of(work / "state.tar.gz");
  REQUIRE(content.size() == 3);
  auto manifest = manifest_in(content);
  CHECK(manifest.xylem == software_version());
  CHECK(manifest.meshes == std::vector<std::string>{"field"});
  CHECK(manifest.files.size() == 2);
  CHECK(manifest.files.front().size == content[1].second.size());
}

TEST_CASE("a state is exported while its gateway runs") {
  kept_state kept;
  temp_folder work;
  state_folder in_use{kept.folder.path()};
  auto database = open_database(kept.folder.path());
  CHECK(export_to(work / "state.tar.gz", kept.folder.path()).code == 0);
  std::vector more{reading_of(3)};
  CHECK_NOTHROW(database.append(1, more));
}

TEST_CASE("a folder without a state has nothing to export") {
  temp_folder empty;
  auto done = export_to(empty / "out", empty.path());
  CHECK(done.code == 1);
  CHECK(done.err == empty.path() + ": there is no state\n");
  CHECK(names_in(empty.path()).empty());
}

TEST_CASE("nothing is imported into a folder that is in use") {
  kept_state kept;
  temp_folder work;
  REQUIRE(export_to(work / "state.tar.gz", kept.folder.path()).code == 0);
  state_folder in_use{work / "used"};
  auto done = import_from(work / "state.tar.gz", work / "used", true);
  CHECK(done.code == 1);
  CHECK(contains(done.err, "is in use by process"));
}

TEST_CASE("a state that is there is not replaced unless that is asked for, and then set aside") {
  kept_state first{1};
  kept_state second{5};
  temp_folder work;
  REQUIRE(export_to(work / "state.tar.gz", first.folder.path()).code == 0);
  second.folder.write("tokens.json", "{}");
  auto before = names_in(second.folder.path());
  auto refused = import_from(work / "state.tar.gz", second.folder.path());
  CHECK(refused.code == 1);
  CHECK(contains(refused.err, "holds a state already; --replace sets it aside"));
  before.insert("lock");
  CHECK(names_in(second.folder.path()) == before);
  auto done = import_from(work / "state.tar.gz", second.folder.path(), true);
  REQUIRE(done.code == 0);
  auto aside = second.folder / "replaced-20231114T221320Z"; // test_time
  CHECK(done.err == "what was there is in " + aside + "\n");
  CHECK(snapshot_files{aside}.load().state->meshes == state(6).meshes);
  CHECK(snapshot_files{second.folder.path()}.load().state->meshes == state(2).meshes);
  CHECK(fs::exists(second.folder / "tokens.json"));
  CHECK_FALSE(fs::exists(aside + "/tokens.json"));
}

TEST_CASE("what root takes over belongs to the owner of the folder") {
  if (geteuid() != 0)
    return;
  kept_state kept;
  temp_folder work;
  REQUIRE(export_to(work / "state.tar.gz", kept.folder.path()).code == 0);
  fs::create_directory(work / "fresh");
  constexpr unsigned somebody = 12'345;
  REQUIRE(chown((work / "fresh").c_str(), somebody, somebody) == 0);
  for (auto replace : {false, true})
    REQUIRE(import_from(work / "state.tar.gz", work / "fresh", replace).code == 0);
  for (const auto& entry : fs::directory_iterator{work / "fresh"}) {
    CAPTURE(entry.path().string());
    struct stat about {};
    REQUIRE(stat(entry.path().c_str(), &about) == 0);
    CHECK(about.st_uid == somebody);
    CHECK((about.st_mode & 0077) == 0);
  }
}

TEST_CASE("an archive that was changed is refused, and the folder stays as it was") {
  auto flipped = import_changed([](entries& content) { content[1].second[40] ^= 1; });
  CHECK(flipped.code == 1);
  CHECK(contains(flipped.err, "`snapshot` has another checksum"));
  auto longer = import_changed([](entries& content) { content[2].second += "x"; });
  CHECK(contains(longer.err, "`history.db` in it is too long"));
  auto missing = import_changed([](entries& content) { content.pop_back(); });
  CHECK(contains(missing.err, "`history.db` is not in it"));
  auto more = import_changed([](entries& content) { content.emplace_back("tokens.json", "{}"); });
  CHECK(contains(more.err, "more is in it than its manifest says"));
  auto nothing = import_changed([](entries& content) { content.erase(content.begin()); });
  CHECK(contains(nothing.err, "does not begin with a manifest"));
  auto broken = import_changed([](entries& content) { content.front().second = "{"; });
  CHECK(contains(broken.err, "manifest cannot be read"));
}

TEST_CASE("names that lead out of the folder, or to anything else, are refused") {
  for (std::string name : {"../outside", "/tmp/outside", "tokens.json", "lock", "snapshot.1"}) {
    CAPTURE(name);
    auto done = import_changed([&](entries& content) {
      content[1].first = name;
      change_manifest(content, [&](state_manifest& manifest) { manifest.files[0].name = name; });
    });
    CHECK(done.code == 1);
    CHECK(contains(done.err, "`" + name + "` does not belong into it"));
  }
  auto twice = import_changed([&](entries& content) {
    content[2] = content[1];
    change_manifest(content, [](state_manifest& all) { all.files[1] = all.files[0]; });
  });
  CHECK(contains(twice.err, "`snapshot` does not belong into it"));
}

TEST_CASE("files that are too long, or of later versions, are refused before they are written") {
  auto long_one = import_changed([](entries& content) {
    change_manifest(content, [](state_manifest& all) { all.files[0].size = 1ULL << 40; });
  });
  CHECK(contains(long_one.err, "`snapshot` is too long"));
  auto changed = [](auto change) {
    return import_changed([&](entries& content) { change_manifest(content, change); }).err;
  };
  CHECK(contains(changed([](auto& all) { all.format = 2; }), "the archive has version 2"));
  CHECK(contains(changed([](auto& all) { all.snapshot = 2; }), "its snapshot has version 2"));
  CHECK(contains(changed([](auto& all) { all.database = 99; }), "its database has version 99"));
}

TEST_CASE("a checksum that is right excuses nothing: what it is of must be sound") {
  auto with_text = [](std::size_t which, const std::string& text) {
    return import_changed([&](entries& content) {
      temp_folder work;
      content[which].second = text;
      auto file = describe_file(content[which].first, work.write("content", text));
      change_manifest(content, [&](state_manifest& all) { all.files[which - 1] = file; });
    });
  };
  CHECK(contains(with_text(1, "nothing").err, "its snapshot: not a snapshot"));
  CHECK(contains(with_text(2, "nothing").err, "cannot be read"));
}

TEST_CASE("a database that no gateway would open is refused, however sound its pages are") {
  auto with_table = import_changed([&](entries& content) {
    temp_folder work;
    auto file = work.write("content", content[2].second);
    SQLite::Database{file, SQLite::OPEN_READWRITE}.exec("CREATE TABLE other(text TEXT)");
    auto changed = real_files().read(file, 1 << 20).value();
    content[2].second = std::string{text_of(changed)};
    change_manifest(content, [&](state_manifest& all) {
      all.files[1] = describe_file(content[2].first, file);
    });
  });
  CHECK(contains(with_table.err, "something else is in it"));
  CHECK(with_table.code == 1);
}

TEST_CASE("meshes that are not configured are refused, those of a configuration are taken") {
  kept_state kept;
  temp_folder work;
  REQUIRE(export_to(work / "state.tar.gz", kept.folder.path()).code == 0);
  auto other = import_from(work / "state.tar.gz", work / "fresh", false,
                           config_with(work, "garden"));
  CHECK(other.code == 1);
  CHECK(contains(other.err, "it holds the mesh `field`, which is not in the configuration"));
  auto same = import_from(work / "state.tar.gz", work / "fresh", false,
                          config_with(work, "field"));
  CHECK(same.err == "");
  CHECK(same.code == 0);
}

TEST_CASE("verify tells of each file whether it is sound") {
  kept_state kept;
  auto sound = run(run_state_verify, {.folder = kept.folder.path()});
  CHECK(sound.code == 0);
  CHECK(contains(sound.out, "snapshot.1  ok     generation 1"));
  CHECK(contains(sound.out, "history.db  ok     version"));
  kept.folder.write("snapshot.1", "XYLMSNAP");
  auto harmed = run(run_state_verify, {.folder = kept.folder.path()});
  CHECK(harmed.code == 1);
  CHECK(contains(harmed.out, "snapshot.1  broken  ends within its header"));
  CHECK(contains(harmed.out, "snapshot.2  ok"));
  kept.folder.write("history.db", std::string(8192, 'x'));
  CHECK(contains(run(run_state_verify, {.folder = kept.folder.path()}).out, "history.db  broken"));
}

TEST_CASE("verify changes nothing, and finds nothing where nothing is") {
  temp_folder empty;
  auto done = run(run_state_verify, {.folder = empty.path()});
  CHECK(done.code == 1);
  CHECK(done.err == empty.path() + ": there is no state\n");
  CHECK(names_in(empty.path()).empty());
}

TEST_CASE("somebody has to say whose state is meant") {
  auto done = run(run_state_verify, {});
  CHECK(done.code == 2);
  CHECK(contains(done.err, "whose state?"));
}
