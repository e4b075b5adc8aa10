// A mesh that is followed: nothing follows from what is told.
#include "protocol/monitor_messages.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr wall_time noon{1'700'000'000'000ms};
const type_code t1{std::string_view{"T1."}};

event reading_of(std::uint16_t node, std::uint64_t seq, std::string_view data = "a",
                 wall_time time = noon) {
  return {.time = time,
          .id = seq,
          .node = node_address{node},
          .code = t1,
          .kind = event_kind::reading,
          .state = 1,
          .data = small_bytes{view_of(data)}};
}

event status_of(std::uint16_t node, node_status status) {
  return {.time = noon,
          .node = node_address{node},
          .kind = event_kind::node_changed,
          .state = static_cast<std::uint8_t>(status)};
}

const node& at(const node_table& table, std::uint16_t address) {
  auto found = table.find(node_address{address});
  REQUIRE(found);
  return *found;
}

std::size_t readings(const node_table& table, std::uint16_t address) {
  auto series = at(table, address).find(t1);
  return series ? series->ring.size() : 0;
}

remote_node told(std::uint16_t address, node_status status, std::vector<std::uint64_t> seqs) {
  remote_node out{status, true, {.address = node_address{address}, .last_heard = noon}};
  if (seqs.empty())
    return out;
  saved_series series{t1, {}};
  for (auto seq : seqs)
    series.readings.push_back({.seq = seq, .time = noon, .data = small_bytes{view_of("s")}});
  out.known.series.push_back(series);
  return out;
}

} // namespace

TEST_CASE("a reading is kept under its number, and makes nobody active") {
  node_table table{{}};
  table.mirror(reading_of(5, 17));
  CHECK(at(table, 5).find(t1)->ring.newest().seq == 17);
  CHECK(at(table, 5).status == node_status::disconnected);
  CHECK(at(table, 5).heard);
  table.mirror(status_of(5, node_status::active));
  CHECK(at(table, 5).status == node_status::active);
}

TEST_CASE("a reading that comes again is kept once") {
  node_table table{{}};
  for (auto times = 0; times < 3; ++times)
    for (std::uint64_t seq : {1U, 2U, 3U})
      table.mirror(reading_of(5, seq));
  CHECK(readings(table, 5) == 3);
  CHECK(at(table, 5).counters.readings == 3);
}

TEST_CASE("a snapshot tells nodes that are new and statuses that are others, and nothing else") {
  node_table table{{}};
  std::vector<event> out;
  table.mirror(told(5, node_status::active, {1, 2}), noon, out);
  REQUIRE(out.size() == 2);
  CHECK(out[0].kind == event_kind::node_joined);
  CHECK(out[1].kind == event_kind::node_changed);
  out.clear();
  table.mirror(told(5, node_status::active, {1, 2}), noon, out);
  CHECK(out.empty());
  CHECK(readings(table, 5) == 2);
}

TEST_CASE("a snapshot and the events before and behind it overlap without a repeat") {
  node_table table{{}};
  std::vector<event> out;
  table.mirror(reading_of(5, 2));
  table.mirror(told(5, node_status::active, {1, 2, 3}), noon, out);
  table.mirror(reading_of(5, 3));
  table.mirror(reading_of(5, 4));
  CHECK(readings(table, 5) == 3); // 2, 3, 4: what came before the first one is not put before it
  CHECK(at(table, 5).find(t1)->ring.newest().seq == 4);
}

TEST_CASE("when nobody tells of the nodes any more all are disconnected") {
  node_table table{{}};
  std::vector<event> out;
  table.mirror(told(5, node_status::active, {}), noon, out);
  table.mirror(told(6, node_status::disconnected, {}), noon, out);
  out.clear();
  table.lose(noon, out);
  REQUIRE(out.size() == 1);
  CHECK(out[0].node == node_address{5});
  CHECK(at(table, 5).status == node_status::disconnected);
}
