#include "node_table_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

using list = std::vector<std::string>;
using addresses = std::vector<std::uint16_t>;

constexpr auto malformed = std::uint8_t{1};

} // namespace

TEST_CASE("a node that was never seen joins with its first reading, and is active") {
  table_fixture mesh;
  CHECK(in_words(mesh.read(5))
        == list{"node_joined 5 disconnected", "node_changed 5 active", "reading 5"});
  CHECK(mesh.at(5).heard);
  CHECK(mesh.at(5).status == node_status::active);
  CHECK(mesh.at(5).first_heard == table_fixture::start.wall);
}

TEST_CASE("a node that is known says only what it says") {
  table_fixture mesh;
  mesh.read(5);
  mesh.pass(1s);
  CHECK(in_words(mesh.read(5)) == list{"reading 5"});
  CHECK(mesh.at(5).first_heard == table_fixture::start.wall);
  CHECK(mesh.at(5).last_heard == table_fixture::start.wall + 1s);
}

TEST_CASE("messages and requests make a node active, too") {
  table_fixture mesh;
  CHECK(in_words(mesh.say(5, event_kind::message))
        == list{"node_joined 5 disconnected", "node_changed 5 active", "message 5"});
  CHECK(in_words(mesh.say(6, event_kind::request))
        == list{"node_joined 6 disconnected", "node_changed 6 active", "request 6"});
}

TEST_CASE("the root is no node: its messages and its log lines add none") {
  table_fixture mesh;
  CHECK(in_words(mesh.say(0, event_kind::message)) == list{"message 0"});
  CHECK(in_words(mesh.say(0, event_kind::request)) == list{"request 0"});
  CHECK(in_words(mesh.say(0, event_kind::root_log)) == list{"root_log 0"});
  CHECK(mesh.table.addresses().empty());
}

TEST_CASE("a heartbeat makes a node active and tells nobody of itself") {
  table_fixture mesh;
  CHECK(in_words(mesh.say(5, event_kind::node_heard))
        == list{"node_joined 5 disconnected", "node_changed 5 active"});
  CHECK(mesh.say(5, event_kind::node_heard).empty());
  CHECK(mesh.at(5).counters.frames == 2);
}

TEST_CASE("a malformed frame is counted for a node that is known, and proves nothing") {
  table_fixture mesh;
  CHECK(mesh.say(5, event_kind::node_heard, malformed).empty());
  CHECK(mesh.table.find(node_address{5}) == nullptr);
  mesh.snapshot(5, 0xAA);
  CHECK(mesh.say(5, event_kind::node_heard, malformed).empty());
  CHECK(mesh.at(5).counters.malformed == 1);
  CHECK(mesh.at(5).counters.frames == 0);
  CHECK_FALSE(mesh.at(5).heard);
  CHECK(mesh.at(5).status == node_status::disconnected);
}

TEST_CASE("a malformed frame does not keep a node alive") {
  table_fixture mesh;
  mesh.read(5);
  mesh.pass(59s);
  mesh.say(5, event_kind::node_heard, malformed);
  mesh.pass(1s);
  CHECK(in_words(mesh.sweep()) == list{"node_changed 5 idle"});
}

// -- snapshots and joins

TEST_CASE("a snapshot adds nodes that were never heard: it activates none of them") {
  table_fixture mesh;
  CHECK(in_words(mesh.snapshot(5, 0xAA)) == list{"node_joined 5 disconnected aa"});
  CHECK_FALSE(mesh.at(5).heard);
  CHECK(mesh.at(5).status == node_status::disconnected);
  CHECK(mesh.at(5).counters.frames == 0);
  CHECK(mesh.sweep().empty());
}

TEST_CASE("a snapshot that repeats a node tells nothing new and adds none twice") {
  table_fixture mesh;
  mesh.snapshot(5, 0xAA);
  CHECK(mesh.snapshot(5, 0xAA).empty());
  CHECK(mesh.table.addresses() == std::vector<node_address>{node_address{5}});
}

TEST_CASE("a snapshot changes nothing about a node but its uuid") {
  table_fixture mesh;
  mesh.read(5);
  CHECK(in_words(mesh.snapshot(5, 0xAA)) == list{"node_joined 5 active aa"});
  CHECK(mesh.at(5).status == node_status::active);
  CHECK(mesh.at(5).series.size() == 1);
  CHECK(mesh.at(5).counters.frames == 1);
  mesh.pass(60s);
  mesh.sweep();
  mesh.snapshot(5, 0xAA);
  CHECK(mesh.at(5).status == node_status::idle);
  CHECK(mesh.at(5).silent_since == table_fixture::start.mono);
}

TEST_CASE("a node that a snapshot lacks is not deleted") {
  table_fixture mesh;
  for (auto node : addresses{5, 6, 7})
    mesh.snapshot(node, 0xAA);
  mesh.snapshot(6, 0xAA); // the next snapshot: 6 alone
  CHECK(mesh.table.addresses().size() == 3);
}

TEST_CASE("a node with another uuid is told, and has the latest one") {
  table_fixture mesh;
  mesh.snapshot(5, 0xAA);
  CHECK(in_words(mesh.snapshot(5, 0xBB)) == list{"node_joined 5 disconnected bb"});
  CHECK(mesh.at(5).uuid->front() == std::byte{0xBB});
}

TEST_CASE("a node that joins has spoken: it is active") {
  table_fixture mesh;
  CHECK(in_words(mesh.join(5, 0xAA, 1))
        == list{"node_joined 5 disconnected aa", "node_changed 5 active"});
  CHECK(mesh.at(5).heard);
  CHECK(mesh.at(5).counters.frames == 1);
}

TEST_CASE("a node that joins again is active again, and its uuid is no news") {
  table_fixture mesh;
  mesh.join(5, 0xAA, 1);
  mesh.link(link_state::down);
  CHECK(in_words(mesh.join(5, 0xAA, 1)) == list{"node_changed 5 active"});
}

TEST_CASE("addresses are in ascending order, whatever the order in which nodes came") {
  table_fixture mesh;
  for (auto node : addresses{300, 5, 65'535, 17, 1, 5})
    mesh.read(node);
  addresses order;
  for (auto address : mesh.table.addresses())
    order.push_back(address.value);
  CHECK(order == addresses{1, 5, 17, 300, 65'535});
}

// -- liveness

TEST_CASE("a node is idle after exactly 60 s of silence, and disconnected after exactly 180 s") {
  table_fixture mesh;
  mesh.read(5);
  mesh.pass(59'999ms);
  CHECK(mesh.sweep().empty());
  mesh.pass(1ms);
  CHECK(in_words(mesh.sweep()) == list{"node_changed 5 idle"});
  CHECK(mesh.sweep().empty()); // told once
  mesh.pass(119'999ms);
  CHECK(mesh.sweep().empty());
  mesh.pass(1ms);
  CHECK(in_words(mesh.sweep()) == list{"node_changed 5 disconnected"});
  mesh.pass(24h);
  CHECK(mesh.sweep().empty());
}

TEST_CASE("a node that no sweep saw idle is disconnected at once") {
  table_fixture mesh;
  mesh.read(5);
  mesh.pass(180s);
  CHECK(in_words(mesh.sweep()) == list{"node_changed 5 disconnected"});
}

TEST_CASE("a change of status carries the time of the sweep") {
  table_fixture mesh;
  mesh.read(5);
  mesh.pass(75s);
  CHECK(mesh.sweep().at(0).time == table_fixture::start.wall + 75s);
}

TEST_CASE("the wall clock decides nothing about liveness") {
  table_fixture mesh;
  mesh.read(5);
  mesh.now.wall += 24h * 365; // the clock of a machine without a battery was set
  CHECK(mesh.sweep().empty());
  mesh.now.wall -= 24h * 365 * 20;
  mesh.pass(60s);
  CHECK(in_words(mesh.sweep()) == list{"node_changed 5 idle"});
}

TEST_CASE("a node that is heard again is active again") {
  table_fixture mesh;
  mesh.read(5);
  for (auto silence : {60s, 180s}) {
    mesh.pass(silence);
    mesh.sweep();
    CHECK(in_words(mesh.read(5)) == list{"node_changed 5 active", "reading 5"});
  }
}

TEST_CASE("both spans of silence are settings") {
  table_fixture mesh{{.idle_after = 1s, .disconnected_after = 2s}};
  mesh.read(5);
  mesh.pass(1s);
  CHECK(in_words(mesh.sweep()) == list{"node_changed 5 idle"});
  mesh.pass(1s);
  CHECK(in_words(mesh.sweep()) == list{"node_changed 5 disconnected"});
}

TEST_CASE("a restart of the root disconnects every node, after it was told itself") {
  table_fixture mesh;
  mesh.read(5);
  mesh.read(6);
  mesh.snapshot(7, 0xAA);
  CHECK(in_words(mesh.say(0, event_kind::root_restarted))
        == list{"root_restarted 0", "node_changed 5 disconnected", "node_changed 6 disconnected"});
  CHECK(in_words(mesh.read(6)) == list{"node_changed 6 active", "reading 6"});
}

TEST_CASE("a link that is down disconnects every node, one that is silent or noisy does not") {
  table_fixture mesh;
  mesh.read(5);
  for (auto state : {link_state::up, link_state::silent, link_state::noisy})
    CHECK(in_words(mesh.link(state)) == list{"link_changed 0"});
  CHECK(in_words(mesh.link(link_state::down))
        == list{"link_changed 0", "node_changed 5 disconnected"});
  CHECK(in_words(mesh.link(link_state::down)) == list{"link_changed 0"});
  CHECK(mesh.at(5).series.size() == 1); // what it said is still there
}

TEST_CASE("the statuses add up") {
  table_fixture mesh;
  mesh.read(1);
  mesh.pass(120s);
  mesh.read(2);
  mesh.pass(60s);
  mesh.sweep();
  mesh.read(3);
  mesh.snapshot(4, 0xAA);
  auto counts = mesh.table.statuses();
  CHECK(counts.total == 4);
  CHECK(counts.active == 1);       // 3
  CHECK(counts.idle == 1);         // 2
  CHECK(counts.disconnected == 2); // 1 and 4
}

// -- counters

TEST_CASE("a frame of many readings counts as one frame") {
  table_fixture mesh;
  mesh.read(5, "T1.", "01", 1); // the first of its frame
  mesh.read(5, "T2.", "02", 0);
  mesh.read(5, "T3.", "03", 0);
  CHECK(mesh.at(5).counters.frames == 1);
  CHECK(mesh.at(5).counters.readings == 3);
}

TEST_CASE("frames of a node are its updates, heartbeats, messages, requests and joins") {
  table_fixture mesh;
  mesh.read(5);
  mesh.say(5, event_kind::node_heard);
  mesh.say(5, event_kind::message);
  mesh.say(5, event_kind::request);
  mesh.join(5, 0xAA, 1);
  mesh.say(5, event_kind::node_heard, malformed);
  const auto& counters = mesh.at(5).counters;
  CHECK(counters.frames == 5);
  CHECK(counters.readings == 1);
  CHECK(counters.messages == 1);
  CHECK(counters.requests == 1);
  CHECK(counters.malformed == 1);
}

TEST_CASE("every event names the mesh") {
  table_fixture mesh{{.mesh = mesh_index{3}}};
  mesh.pass(1s);
  for (const auto& what : mesh.read(5))
    CHECK(what.mesh == mesh_index{3});
  for (const auto& what : mesh.link(link_state::down))
    CHECK(what.mesh == mesh_index{3});
}
