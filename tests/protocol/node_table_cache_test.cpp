// The readings of a node table: history, budget, bounds.
#include "node_table_fixture.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

std::string latest(const table_fixture& mesh, std::uint16_t node, std::string_view code = "T1.") {
  auto found = mesh.table.latest(node_address{node}, type_code{code});
  if (auto missing = std::get_if<failure>(&found))
    return std::string{to_string(*missing)};
  return to_hex(std::get<const reading*>(found)->data.view());
}

std::vector<std::string> history(const table_fixture& mesh, std::uint16_t node,
                                 std::string_view code = "T1.") {
  std::vector<std::string> out;
  const auto& ring = mesh.at(node).find(type_code{code})->ring;
  for (std::size_t i = 0; i < ring.size(); ++i)
    out.push_back(to_hex(ring.newest(i).data.view()));
  return out;
}

/// What the readings of all nodes cost, added up one by one.
cache_counters counted(const table_fixture& mesh) {
  cache_counters out;
  for (auto address : mesh.table.addresses())
    for (const auto& series : mesh.table.find(address)->series)
      for (std::size_t i = 0; i < series.ring.size(); ++i) {
        ++out.readings;
        out.bytes += series.ring.newest(i).cost();
      }
  return out;
}

using list = std::vector<std::string>;
using addresses = std::vector<std::uint16_t>;

/// What a reading costs that needs no heap.
constexpr auto plain = sizeof(reading);

} // namespace

TEST_CASE("the latest reading of a type is the one that came last") {
  table_fixture mesh;
  mesh.read(5, "T1.", "01");
  mesh.read(5, "T2.", "02");
  mesh.read(5, "T1.", "03");
  CHECK(latest(mesh, 5, "T1.") == "03");
  CHECK(latest(mesh, 5, "T2.") == "02");
}

TEST_CASE("what is missing is told: the node, or its type") {
  table_fixture mesh;
  mesh.read(5);
  CHECK(latest(mesh, 6) == "Node Not Found");
  CHECK(latest(mesh, 5, "T2.") == "Data Type Not Found");
}

TEST_CASE("a reading has its time, and readings of a mesh are numbered as they came") {
  table_fixture mesh;
  mesh.read(5);
  mesh.pass(5s);
  mesh.read(6);
  const auto& first = mesh.at(5).series.front().ring.newest();
  const auto& second = mesh.at(6).series.front().ring.newest();
  CHECK(second.time == table_fixture::start.wall + 5s);
  CHECK(first.seq < second.seq);
}

TEST_CASE("the event of a reading names its number in the mesh, 0 when it was not kept") {
  table_fixture mesh;
  mesh.read(5, "T1.");
  auto told = mesh.read(6, "T1.");
  CHECK(told.back().id == mesh.at(6).find(type_code{"T1."})->ring.newest().seq);
  CHECK(told.back().id == 2);
  for (char c = 0; c < 64; ++c) // limits::types_per_node, then one more
    mesh.read(5, std::string{'A', c});
  CHECK(mesh.read(5, "one").back().id == 0);
}

TEST_CASE("a history holds its depth, of each node and type") {
  table_fixture mesh{{.history_depth = 3}};
  for (auto value : {"01", "02", "03", "04", "05"}) {
    mesh.read(5, "T1.", value);
    mesh.read(6, "T1.", value);
  }
  mesh.read(5, "T2.", "06");
  CHECK(history(mesh, 5) == list{"05", "04", "03"});
  CHECK(history(mesh, 6) == list{"05", "04", "03"});
  CHECK(history(mesh, 5, "T2.") == list{"06"});
  CHECK(mesh.table.cache().readings == 7);
  CHECK(mesh.table.cache().evicted == 0); // they went in their turn
}

TEST_CASE("readings of different lengths follow each other in a history") {
  table_fixture mesh;
  mesh.read(5, "T1.", "01");
  mesh.read(5, "T1.", std::string(2 * 200, 'a'));
  mesh.read(5, "T1.", "");
  CHECK(history(mesh, 5) == list{"", std::string(2 * 200, 'a'), "01"});
}

TEST_CASE("when the budget is used up the oldest readings of all nodes go first") {
  table_fixture mesh{{.cache_bytes = 100 * plain}};
  for (auto i = 0; i < 50; ++i) // 1 and 2 in turn: 100 readings, exactly the budget
    for (auto node : addresses{1, 2})
      mesh.read(node, "T1.", i < 10 ? "0a" : "0b");
  CHECK(mesh.table.cache().bytes == 100 * plain);
  CHECK(mesh.table.cache().evicted == 0);
  mesh.read(3); // one more, of a node that has none to give
  CHECK(mesh.table.cache().bytes == 100 * plain);
  CHECK(mesh.table.cache().evicted == 1);
  CHECK(history(mesh, 1).size() == 49); // it had the oldest
  CHECK(history(mesh, 2).size() == 50);
  mesh.read(3);
  CHECK(history(mesh, 1).size() == 49);
  CHECK(history(mesh, 2).size() == 49);
  CHECK(history(mesh, 1).back() == "0a"); // the next one is still there
}

TEST_CASE("who has the average number of readings or more makes room for its own next one") {
  table_fixture mesh{{.history_depth = 65'536, .cache_bytes = 100 * plain}};
  for (auto value : {"01", "02", "03"})
    mesh.read(1, "T1.", value);
  for (auto i = 0; i < 20'000; ++i)
    mesh.read(2, "T1.", "04");
  CHECK(history(mesh, 1) == list{"03", "02", "01"}); // the talkative one has not driven it out
  CHECK(history(mesh, 2).size() == 97);
  CHECK(mesh.table.cache().evicted == 20'000 - 97);
}

TEST_CASE("readings of nodes that fell silent make room for those that are below the average") {
  table_fixture mesh{{.cache_bytes = 100 * plain}};
  for (auto i = 0; i < 100; ++i)
    mesh.read(1);
  for (auto i = 0; i < 60; ++i)
    mesh.read(2);
  CHECK(history(mesh, 1).size() == 50);
  CHECK(history(mesh, 2).size() == 50);
}

TEST_CASE("the latest reading is never evicted, however old it is") {
  table_fixture mesh{{.history_depth = 65'536, .cache_bytes = 64 * 1024}};
  mesh.read(1, "OLD", "01");
  for (auto value : {"00", "01", "02"})
    mesh.read(2, "OLD", value);
  for (auto i = 0; i < 20'000; ++i)
    mesh.read(3, "NEW", "03");
  CHECK(latest(mesh, 1, "OLD") == "01");
  CHECK(latest(mesh, 2, "OLD") == "02");
  CHECK(mesh.table.cache().evicted > 18'000);
  CHECK(mesh.table.cache().bytes <= 64 * 1024);
}

TEST_CASE("the counters are what the readings cost, and never above the budget") {
  std::mt19937_64 random{21};
  table_fixture mesh{{.history_depth = 20, .cache_bytes = 40'000}};
  for (auto step = 0; step < 20'000; ++step) {
    auto node = static_cast<std::uint16_t>(1 + random() % 30);
    auto code = "T" + std::to_string(random() % 5) + ".";
    mesh.read(node, code, std::string(2 * (random() % 256), '0'));
    REQUIRE(mesh.table.cache().bytes <= 40'000);
    if (step % 100 == 0) {
      auto sums = counted(mesh);
      REQUIRE(mesh.table.cache().bytes == sums.bytes);
      REQUIRE(mesh.table.cache().readings == sums.readings);
    }
  }
  CHECK(mesh.table.cache().evicted > 1'000);
}

TEST_CASE("readings of the oldest survive a longer history: what is left is always the newest") {
  std::mt19937_64 random{22};
  table_fixture mesh{{.cache_bytes = 30'000}};
  std::map<std::uint16_t, list> sent; // newest first
  for (auto step = 0; step < 5'000; ++step) {
    auto node = static_cast<std::uint16_t>(1 + random() % 10);
    bytes data;
    append_big(data, static_cast<std::uint32_t>(step));
    mesh.read(node, "T1.", to_hex(data));
    sent[node].insert(sent[node].begin(), to_hex(data));
    if (step % 50 != 0)
      continue;
    for (const auto& [address, all] : sent) {
      auto kept = history(mesh, address);
      REQUIRE(!kept.empty());
      REQUIRE(kept == list(all.begin(), all.begin() + static_cast<long>(kept.size())));
    }
  }
}

TEST_CASE("eviction takes from all nodes by age, not from one") {
  table_fixture mesh{{.cache_bytes = 400 * plain}};
  for (auto round = 0; round < 1'000; ++round)
    for (std::uint16_t node = 1; node <= 10; ++node)
      mesh.read(node);
  for (std::uint16_t node = 1; node <= 10; ++node) {
    CHECK(history(mesh, node).size() == 40); // 400 / 10
  }
}

TEST_CASE("a node has at most 64 types: readings of one more are refused and counted") {
  table_fixture mesh;
  for (auto i = 0; i < 70; ++i)
    mesh.read(5, "T" + std::to_string(10 + i), "01");
  CHECK(mesh.at(5).series.size() == 64);
  CHECK(mesh.table.cache().refused == 6);
  CHECK(mesh.table.cache().readings == 64);
  CHECK(latest(mesh, 5, "T79") == "Data Type Not Found");
  CHECK(mesh.at(5).counters.readings == 70); // it did send them
  mesh.read(5, "T10", "02");                 // the types it has go on
  CHECK(latest(mesh, 5, "T10") == "02");
  mesh.read(6, "NEW", "01"); // and so do other nodes
  CHECK(latest(mesh, 6, "NEW") == "01");
}

TEST_CASE("a reading that is refused is told all the same") {
  table_fixture mesh{{.cache_bytes = 1'024}};
  auto refused = std::uint64_t{0};
  for (std::uint16_t node = 1; refused == 0 && node < 1'000; ++node) {
    auto told = in_words(mesh.read(node));
    CHECK(told.back() == "reading " + std::to_string(node));
    refused = mesh.table.cache().refused;
  }
  CHECK(refused == 1);
}

TEST_CASE("so many types that their latest readings alone fill the budget are refused") {
  table_fixture mesh{{.cache_bytes = 10'000}};
  auto longest = std::string(2 * 255, 'a');
  for (std::uint16_t node = 1; node <= 1'000; ++node)
    mesh.read(node, "T1.", longest);
  CHECK(mesh.table.cache().bytes <= 10'000);
  CHECK(mesh.table.cache().refused > 900);
  CHECK(mesh.table.addresses().size() == 1'000); // the nodes are known, nevertheless
  CHECK(mesh.at(1'000).status == node_status::active);
}

TEST_CASE("65,535 nodes with a reading each are held") {
  table_fixture mesh;
  for (unsigned node = 1; node <= 0xFFFF; ++node)
    mesh.read(static_cast<std::uint16_t>(node));
  CHECK(mesh.table.addresses().size() == 0xFFFF);
  CHECK(mesh.table.statuses().active == 0xFFFF);
  CHECK(latest(mesh, 0xFFFF) == "2a");
}
