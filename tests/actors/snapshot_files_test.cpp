#include "power_cut.hpp"
#include "tests/gateway/temp_folder.hpp"
#include "tests/protocol/saved_states.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::filesystem::path folder{"state"};

/// The n-th state that a gateway saves, as it is found again.
saved_state state(unsigned n) {
  auto made = state_maker{n}.state(1, 2);
  made.generation = n;
  return made;
}

/// A folder in which states 1 to `count` were saved, without any harm.
unsafe_disk disk_with(unsigned count) {
  unsafe_disk disk;
  snapshot_files files{folder, disk};
  for (auto n = 1u; n <= count; ++n)
    files.save(state(n));
  disk.steps = 0;
  return disk;
}

/// What was found after power cuts in save(n): state n - 1, state n, or neither of them.
struct outcomes {
  std::size_t seen = 0;
  std::size_t old = 0;
  std::size_t fresh = 0;
  std::size_t wrong = 0;
};

void look(unsafe_disk disk, unsigned n, outcomes& out) {
  auto found = snapshot_files{folder, disk}.load().state;
  ++out.seen;
  if (found == state(n))
    ++out.fresh;
  else if (found == (n > 1 ? std::optional{state(n - 1)} : std::nullopt))
    ++out.old;
  else
    ++out.wrong;
}

/// Cuts the power at every step of save(n), and looks at some of the disks that this may leave.
outcomes cut_everywhere(unsigned n) {
  constexpr auto reboots = 24;
  std::mt19937 random{n};
  outcomes out;
  auto whole = disk_with(n - 1);
  snapshot_files{folder, whole}.save(state(n));
  for (std::size_t step = 0; step <= whole.steps; ++step) {
    auto disk = disk_with(n - 1);
    disk.steps_left = step;
    try {
      snapshot_files{folder, disk}.save(state(n));
    } catch (const power_cut&) {
    }
    for (auto i = 0; i < reboots; ++i)
      look(disk.after_reboot(random), n, out);
  }
  return out;
}

void overwrite(const std::string& file, std::string_view text) {
  real_files().write_new(file, view_of(text));
}

} // namespace

TEST_CASE("a folder without a snapshot has none, and that is no mistake") {
  temp_folder real;
  auto found = snapshot_files{real.path()}.load();
  CHECK_FALSE(found.state);
  CHECK(found.refused.empty());
}

TEST_CASE("the snapshot that was saved last is loaded, and the one before it is kept") {
  temp_folder real;
  snapshot_files files{real.path()};
  for (auto n = 1u; n <= 5; ++n) {
    auto size = files.save(state(n));
    auto found = files.load();
    CHECK(found.state == state(n));
    CHECK(found.refused.empty());
    CHECK(std::filesystem::file_size(found.file) == size);
  }
  overwrite(files.load().file, "not the newest any more");
  CHECK(files.load().state == state(4));
  CHECK(files.load().refused.size() == 1);
}

TEST_CASE("files of a snapshot are their owner's alone, and nothing else is left") {
  temp_folder real;
  snapshot_files files{real.path()};
  files.save(state(1));
  files.save(state(2));
  auto count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{real.path()}) {
    struct stat about {};
    REQUIRE(stat(entry.path().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    ++count;
  }
  CHECK(count == 2);
}

TEST_CASE("a new process goes on where the last one was, whatever the clock says") {
  temp_folder real;
  for (auto n = 1u; n <= 4; ++n) {
    auto earlier = state(n);
    earlier.taken = wall_time{std::chrono::hours{24 * (10 - n)}}; // it runs backwards
    snapshot_files{real.path()}.save(earlier);
    auto found = snapshot_files{real.path()}.load().state;
    REQUIRE(found);
    CHECK(found->generation == n);
    CHECK(found->meshes == earlier.meshes);
  }
}

TEST_CASE("a harmed generation is told with its reason, and is the next one to be replaced") {
  temp_folder real;
  snapshot_files files{real.path()};
  files.save(state(1));
  files.save(state(2));
  overwrite(real / "snapshot.2", "XYLMSNAP");
  snapshot_files again{real.path()};
  auto found = again.load();
  CHECK(found.state == state(1));
  CHECK(found.refused == std::vector{real / "snapshot.2: ends within its header"});
  again.save(state(2));
  CHECK(again.load().state == state(2));
  CHECK(again.load().refused.empty());
}

TEST_CASE("a snapshot of a later version is never replaced") {
  temp_folder real;
  snapshot_files files{real.path()};
  files.save(state(1));
  auto later = encode_snapshot(state(9));
  later[15] = std::byte{2}; // the version of the body (record §3)
  overwrite(real / "snapshot.2", text_of(later)); // harmed, for its checksum is another one
  CHECK_NOTHROW(snapshot_files{real.path()}.save(state(2)));
  seal(later);
  overwrite(real / "snapshot.2", text_of(later));
  snapshot_files again{real.path()};
  CHECK_THROWS_AS(again.save(state(3)), std::system_error);
  CHECK(again.load().state == state(1));
  CHECK(again.load().refused.size() == 1);
}

TEST_CASE("what the file system refuses is thrown, and the newer generation stays") {
  temp_folder real;
  snapshot_files files{real.path()};
  files.save(state(1));
  files.save(state(2));
  std::filesystem::create_directory(real / "snapshot.new");
  CHECK_THROWS_AS(files.save(state(3)), std::system_error);
  CHECK(files.load().state == state(2));
  std::filesystem::remove(real / "snapshot.new");
  files.save(state(3));
  CHECK(files.load().state == state(3));
}

TEST_CASE("a generation that cannot be read now may be the newer one: nothing is replaced") {
  temp_folder real;
  snapshot_files{real.path()}.save(state(1));
  std::filesystem::create_directory(real / "snapshot.2");
  snapshot_files files{real.path()};
  CHECK(files.load().state == state(1));
  CHECK(files.load().refused.size() == 1);
  CHECK_THROWS_AS(files.save(state(2)), std::system_error);
}

TEST_CASE("a state that cannot be written is a mistake of the system, too") {
  temp_folder real;
  auto wrong = state(1);
  wrong.meshes.front().name = std::string(100, 'a');
  CHECK_THROWS_AS(snapshot_files{real.path()}.save(wrong), std::system_error);
}

// -- the power fails

TEST_CASE("wherever the power fails, what is found is the old state or the new one") {
  for (auto n = 1u; n <= 4; ++n) {
    CAPTURE(n);
    auto out = cut_everywhere(n);
    CHECK(out.wrong == 0);
    CHECK(out.old > 1'000);
    CHECK(out.fresh > 0);
  }
}

TEST_CASE("after a power cut the next snapshots are saved as always") {
  std::mt19937 random{11};
  auto length = [] {
    auto disk = disk_with(1);
    snapshot_files{folder, disk}.save(state(2));
    return disk.steps;
  }();
  for (std::size_t step = 0; step <= length; ++step) {
    auto disk = disk_with(1);
    disk.steps_left = step;
    try {
      snapshot_files{folder, disk}.save(state(2));
    } catch (const power_cut&) {
    }
    auto again = disk.after_reboot(random);
    snapshot_files files{folder, again};
    auto last = files.load().state.value().generation;
    for (auto n = 1u; n <= 2; ++n) {
      files.save(state(50 + n));
      auto expected = state(50 + n);
      expected.generation = last + n;
      REQUIRE(files.load().state == expected);
    }
  }
}

TEST_CASE("a snapshot that was saved outlasts a power cut right after it") {
  std::mt19937 random{12};
  for (auto n = 1u; n <= 4; ++n)
    for (auto i = 0; i < 100; ++i) {
      auto disk = disk_with(n).after_reboot(random);
      REQUIRE(snapshot_files{folder, disk}.load().state == state(n));
    }
}

TEST_CASE("these tests would notice a sync that is forgotten") {
  auto careless = [](unsigned n) {
    unsafe_disk disk;
    disk.forgets_file_sync = true;
    snapshot_files files{folder, disk};
    for (auto i = 1u; i <= n; ++i)
      files.save(state(i));
    return disk;
  };
  std::mt19937 random{13};
  outcomes out;
  for (auto i = 0; i < 200; ++i)
    look(careless(3).after_reboot(random), 3, out);
  CHECK(out.wrong > 0);
  auto disk = disk_with(0);
  disk.forgets_folder_sync = true;
  snapshot_files{folder, disk}.save(state(1));
  outcomes after;
  for (auto i = 0; i < 200; ++i)
    look(disk.after_reboot(random), 1, after);
  CHECK(after.old > 0);
}
