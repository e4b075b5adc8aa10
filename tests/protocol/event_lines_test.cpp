#include "protocol/event_lines.hpp"

#include "protocol/event_ring.hpp"
#include "protocol/json.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;

namespace {

struct bench {
  const std::vector<std::string> meshes{"a", "b"};
  const std::vector<data_type_registry> types = std::vector<data_type_registry>(2);
  event_lines lines{meshes, types};

  std::string expected(std::uint64_t epoch, const event& what) const {
    std::string text;
    append_event(text, what, epoch, meshes[what.mesh.value], types[what.mesh.value]);
    return text;
  }
};

event message(std::uint64_t seq, std::uint16_t mesh = 0) {
  return {.seq = seq, .mesh = {mesh}, .node = {7}, .kind = event_kind::message};
}

} // namespace

TEST_CASE("an event is written as in web section 3.3, with the name of its mesh") {
  bench all;
  std::string text{all.lines.text_of(5, message(42, 1))};
  CHECK(text == all.expected(5, message(42, 1)));
  CHECK(text.find(R"("mesh":"b")") != std::string::npos);
}

TEST_CASE("an event is written once for all who get it") {
  bench all;
  auto first = all.lines.text_of(5, message(42));
  auto place = first.data();
  all.lines.text_of(5, message(43));
  CHECK(all.lines.text_of(5, message(42)).data() == place);
}

TEST_CASE("a gap with the number of an event does not take its place, nor the event the gap's") {
  bench all;
  auto lost = make_gap_event({.from = 40, .to = 42, .count = 3, .reason = "queue full"}, {});
  CHECK(all.lines.text_of(5, message(42)) == all.expected(5, message(42)));
  CHECK(all.lines.text_of(5, lost) == all.expected(5, lost));
  CHECK(all.lines.text_of(5, message(42)) == all.expected(5, message(42)));
  auto other = make_gap_event({.from = 41, .to = 42, .count = 2, .reason = "queue full"}, {});
  CHECK(all.lines.text_of(5, other) == all.expected(5, other)); // another subscriber's
}

TEST_CASE("an event of another life of the hub has its own line") {
  bench all;
  CHECK(all.lines.text_of(5, message(42)) == all.expected(5, message(42)));
  CHECK(all.lines.text_of(6, message(42)) == all.expected(6, message(42)));
}

TEST_CASE("whatever is asked for in whichever order, the line is that of the event") {
  bench all;
  std::mt19937 random{1};
  for (auto i = 0; i < 20'000; ++i) {
    auto what = message(1 + random() % 5000, random() % 2);
    what.mesh.value = static_cast<std::uint16_t>(what.seq % 2); // an event is always the same
    auto epoch = 1 + random() % 2;
    REQUIRE(all.lines.text_of(epoch, what) == all.expected(epoch, what));
  }
}
