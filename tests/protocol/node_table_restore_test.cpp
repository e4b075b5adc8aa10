// What a node table takes over from an earlier life.
#include "node_table_fixture.hpp"
#include "protocol/saved_state.hpp"
#include "saved_states.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr auto plain = sizeof(reading); // what a reading costs that needs no heap

std::vector<saved_node> saved(const node_table& table) {
  std::vector<saved_node> out;
  for (auto address : table.addresses())
    out.push_back(save(*table.find(address)));
  return out;
}

table_fixture restarted(const table_fixture& before, node_table_options options = {}) {
  table_fixture after{options};
  after.now = {table_fixture::start.mono - 23h, before.now.wall + 5min};
  for (const auto& each : saved(before.table))
    after.table.restore(each);
  after.table.number_from(before.table.last_seq());
  return after;
}

std::vector<std::uint64_t> numbers(const table_fixture& mesh, std::uint16_t node) {
  std::vector<std::uint64_t> out;
  const auto& ring = mesh.at(node).series.front().ring;
  for (std::size_t n = 0; n < ring.size(); ++n)
    out.push_back(ring.newest(n).seq);
  return out;
}

std::string latest(const table_fixture& mesh, std::uint16_t node, std::string_view code = "T1.") {
  auto found = mesh.table.latest(node_address{node}, type_code{code});
  auto* value = std::get_if<const reading*>(&found);
  return value ? to_hex((*value)->data.view()) : "missing";
}

event recorded(std::uint16_t node, event_kind kind, wall_time time, std::uint64_t id = 0) {
  return {.time = time,
          .id = id,
          .node = node_address{node},
          .code = type_code{std::string_view{"T1."}},
          .kind = kind,
          .state = kind == event_kind::reading,
          .data = small_bytes{from_hex(kind == event_kind::reading ? "bb" : "").value()}};
}

using list = std::vector<std::string>;
using ids = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("a table that was restored is saved as the same") {
  table_fixture before;
  for (auto round = 0; round < 5; ++round)
    for (std::uint16_t node = 1; node <= 20; ++node) {
      before.pass(10ms);
      before.read(node, "T1.", "0" + std::to_string(round));
      before.say(node, event_kind::message);
    }
  before.snapshot(21, 0xAA);
  auto after = restarted(before);
  CHECK(saved(after.table) == saved(before.table));
  CHECK(after.table.last_seq() == 100);
  CHECK(after.table.cache().readings == before.table.cache().readings);
  CHECK(after.table.cache().bytes == before.table.cache().bytes);
}

TEST_CASE("a node of an earlier life is disconnected and not heard, and keeps what it said") {
  table_fixture before;
  before.join(5, 0xAA, 1);
  before.read(5, "T1.", "0a");
  auto after = restarted(before);
  CHECK(after.at(5).status == node_status::disconnected);
  CHECK_FALSE(after.at(5).heard);
  CHECK(after.at(5).uuid->front() == std::byte{0xAA});
  CHECK(latest(after, 5) == "0a");
  CHECK(after.table.statuses().disconnected == 1);
  CHECK(after.sweep().empty());
}

TEST_CASE("a restored node that is heard becomes active, and was first heard in its earlier life") {
  table_fixture before;
  before.read(5);
  auto after = restarted(before);
  CHECK(in_words(after.read(5)) == list{"node_changed 5 active", "reading 5"});
  CHECK(after.at(5).heard);
  CHECK(after.at(5).first_heard == table_fixture::start.wall);
  CHECK(after.at(5).last_heard == after.now.wall);
  CHECK(after.at(5).counters.readings == 2);
}

TEST_CASE("numbers of readings go on behind the highest one that is known") {
  table_fixture before;
  before.read(1);
  before.read(2);
  before.read(1);
  auto after = restarted(before);
  CHECK(after.read(2).back().id == 4);
  CHECK(numbers(after, 1) == ids{3, 1});
  CHECK(numbers(after, 2) == ids{4, 2});
  after.table.number_from(100);
  after.table.number_from(50); // lower ones have no effect
  CHECK(after.read(1).back().id == 101);
}

TEST_CASE("a table that is smaller now keeps the newest of each series and counts what it drops") {
  table_fixture before;
  for (auto i = 0; i < 50; ++i)
    for (std::uint16_t node = 1; node <= 4; ++node)
      before.read(node);
  auto shallow = restarted(before, {.history_depth = 3});
  CHECK(numbers(shallow, 1) == ids{197, 193, 189});
  CHECK(shallow.table.cache().evicted == 0); // they went in their turn
  auto small = restarted(before, {.cache_bytes = 40 * plain});
  CHECK(small.table.cache().bytes <= 40 * plain);
  CHECK(small.table.cache().readings + small.table.cache().evicted == 200);
  for (std::uint16_t node = 1; node <= 4; ++node)
    CHECK(numbers(small, node).front() == 196u + node);
}

TEST_CASE("eviction goes on after a restart as if there had been none") {
  for (std::size_t budget : {60u, 100u, 333u}) {
    CAPTURE(budget);
    node_table_options options{.cache_bytes = budget * plain};
    table_fixture before{options};
    std::mt19937 random{7};
    auto talk = [&](table_fixture& mesh) {
      mesh.read(static_cast<std::uint16_t>(1 + random() % 20));
    };
    for (auto i = 0; i < 2'000; ++i)
      talk(before);
    auto after = restarted(before, options);
    CHECK(saved(after.table) == saved(before.table));
    for (auto i = 0; i < 2'000; ++i) {
      talk(after);
      REQUIRE(after.table.cache().bytes <= budget * plain);
    }
    CHECK(after.table.cache().readings == budget);
    CHECK(after.table.cache().evicted + after.table.cache().refused == 2'000);
  }
}

TEST_CASE("a node that is known already is not restored over") {
  table_fixture mesh;
  mesh.read(5, "T1.", "0a");
  mesh.table.restore({.address = {5}});
  CHECK(latest(mesh, 5) == "0a");
  CHECK(mesh.table.addresses().size() == 1);
}

// -- the log behind the snapshot

TEST_CASE("a recorded reading that the snapshot lacks is the latest one then") {
  table_fixture before;
  before.read(5, "T1.", "0a");
  auto after = restarted(before);
  after.table.recover(recorded(5, event_kind::reading, before.now.wall + 1s, 2));
  CHECK(latest(after, 5) == "bb");
  CHECK(numbers(after, 5) == ids{2, 1});
  CHECK(after.at(5).last_heard == before.now.wall + 1s);
  CHECK(after.at(5).counters.frames == 2);
  CHECK(after.at(5).status == node_status::disconnected);
  CHECK_FALSE(after.at(5).heard);
  CHECK(after.read(5).back().id == 3);
}

TEST_CASE("a recorded reading that the snapshot has is not taken twice") {
  table_fixture before;
  before.read(5, "T1.", "0a");
  before.read(5, "T1.", "0b");
  auto after = restarted(before);
  for (std::uint64_t id : {1u, 2u})
    after.table.recover(recorded(5, event_kind::reading, before.now.wall, id));
  CHECK(saved(after.table) == saved(before.table));
}

TEST_CASE("a recorded reading that was not kept shows only that its node was heard") {
  table_fixture mesh;
  mesh.table.recover(recorded(5, event_kind::reading, mesh.now.wall));
  CHECK(latest(mesh, 5) == "missing");
  CHECK(mesh.at(5).last_heard == mesh.now.wall);
  CHECK(mesh.at(5).first_heard == mesh.now.wall);
  CHECK(mesh.table.last_seq() == 0);
}

TEST_CASE("recorded joins tell of nodes and of their uuids, heard or not") {
  table_fixture mesh;
  auto joined = recorded(5, event_kind::node_joined, mesh.now.wall);
  mesh.table.recover(joined);
  CHECK_FALSE(mesh.at(5).uuid);
  joined.data = small_bytes{bytes(16, std::byte{0xAA})};
  mesh.table.recover(joined);
  CHECK(mesh.at(5).uuid->front() == std::byte{0xAA});
  CHECK(mesh.at(5).last_heard == wall_time{});
  CHECK(mesh.table.addresses().size() == 1);
}

TEST_CASE("recorded messages, requests and returns show when a node was heard") {
  table_fixture mesh;
  auto tell = [&](event_kind kind) {
    mesh.pass(1s);
    auto what = recorded(5, kind, mesh.now.wall);
    mesh.table.recover(what);
    mesh.table.recover(what); // again: no news
  };
  tell(event_kind::message);
  tell(event_kind::request);
  tell(event_kind::node_changed); // its state is 0: active
  CHECK(mesh.at(5).last_heard == mesh.now.wall);
  CHECK(mesh.at(5).counters == node_counters{.frames = 2, .messages = 1, .requests = 1});
  auto idle = recorded(5, event_kind::node_changed, mesh.now.wall + 60s);
  idle.state = static_cast<std::uint8_t>(node_status::idle);
  mesh.table.recover(idle);
  CHECK(mesh.at(5).last_heard == mesh.now.wall);
}

TEST_CASE("what is recorded of the root, of the link or of commands makes no node") {
  table_fixture mesh;
  for (auto kind : {event_kind::message, event_kind::link_changed, event_kind::root_restarted})
    mesh.table.recover(recorded(0, kind, mesh.now.wall));
  for (auto kind : {event_kind::command, event_kind::incident, event_kind::gap})
    mesh.table.recover(recorded(5, kind, mesh.now.wall, 77));
  CHECK(mesh.table.addresses().empty());
  CHECK(mesh.table.last_seq() == 0);
}

TEST_CASE("snapshot and log are the table that was lost, wherever the snapshot was taken") {
  for (auto seed = 1u; seed <= 30; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    node_table_options options{.history_depth = 4};
    table_fixture before{options};
    table_fixture after{options};
    std::vector<event> log;
    auto snapshot_at = random() % 300, cursor_at = snapshot_at - random() % (snapshot_at + 1);
    for (std::size_t step = 0; step < 300; ++step) {
      if (step == snapshot_at)
        after = restarted(before, options);
      before.pass(1ms);
      auto node = static_cast<std::uint16_t>(1 + random() % 6);
      auto told = random() % 4 == 0 ? before.say(node, event_kind::message)
                                    : before.read(node, random() % 2 ? "T1." : "T2.", "2a");
      if (step >= cursor_at)
        log.insert(log.end(), told.begin(), told.end());
    }
    for (const auto& what : log)
      after.table.recover(what);
    CHECK(saved(after.table) == saved(before.table));
    CHECK(after.table.last_seq() == before.table.last_seq());
  }
}
