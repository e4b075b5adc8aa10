#include "protocol/gate_state.hpp"

#include "protocol/iso_time.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace xylem;
namespace json = boost::json;

namespace {

const std::string good = R"({"port": 7655, "connections": [{"name": "office", "address":
  "192.0.2.7:4711", "since": "2026-01-31T12:00:00Z", "scope": "command", "node": "office", "sent": 5,
  "coalesced": 0, "missed": 1, "behind": 2, "credit": 100, "queued_bytes": 17}], "handshakes": 1,
  "accepted": 3, "refused": {"expired": 2}, "certificates": [{"file": "/c.pem", "name": "north",
  "not_after": "2026-03-01T00:00:00Z"}], "memory": {"events": 5, "bytes": 600}})";

/// `good` with one member, by a JSON pointer, that is something else.
std::string with(std::string_view pointer, const json::value& value) {
  auto changed = json::parse(good);
  json::error_code error;
  auto found = changed.find_pointer(pointer, error);
  REQUIRE(found);
  *found = value;
  return json::serialize(changed);
}

wall_time at(std::string_view text) {
  return *parse_iso_time(text);
}

} // namespace

TEST_CASE("what a gate says is kept, but for what is unknown") {
  auto state = sound_gate_state(good);
  REQUIRE(state);
  CHECK_FALSE(state->contains("port"));
  CHECK(state->at("accepted").as_uint64() == 3);
  CHECK(state->at("refused").at("expired").as_uint64() == 2);
  CHECK(state->at("connections").as_array().at(0).at("name") == "office");
  CHECK(state->at("certificates").as_array().at(0).at("not_after") == "2026-03-01T00:00:00Z");
  CHECK(state->at("memory").at("bytes").as_uint64() == 600);
}

TEST_CASE("what it does not say is nothing") {
  auto state = sound_gate_state("{}");
  REQUIRE(state);
  CHECK(state->at("connections").as_array().empty());
  CHECK(state->at("accepted").as_uint64() == 0);
}

TEST_CASE("a gate that says something else is not believed anything") {
  for (auto text : {"", "[]", "{", "1", "{} {}"})
    CHECK_FALSE(sound_gate_state(text));
  std::string deep(20, '[');
  CHECK_FALSE(sound_gate_state("{\"a\": " + deep + std::string(20, ']') + '}'));
  CHECK_FALSE(sound_gate_state("{\"a\": \"" + std::string(2'000'000, 'x') + "\"}"));
  struct wrong_case {
    std::string_view pointer;
    json::value value;
  };
  const wrong_case cases[]{
      {"/connections", 1},
      {"/connections", json::array(3000)},
      {"/connections/0", 7},
      {"/connections/0/name", nullptr},
      {"/connections/0/name", json::string(200, 'x')},
      {"/connections/0/name", "a\nb"},
      {"/connections/0/name", "\xFF"},
      {"/connections/0/since", "today"},
      {"/connections/0/sent", -1},
      {"/connections/0/sent", 1.5},
      {"/connections/0/sent", std::uint64_t{1} << 60},
      {"/refused", json::array{}},
      {"/refused", json::object{{"a reason\"", 1}}},
      {"/certificates/0/not_after", 5},
      {"/certificates/0/file", json::string(5000, '/')},
      {"/memory", "much"},
  };
  for (const auto& [pointer, value] : cases) {
    CAPTURE(pointer);
    CHECK_FALSE(sound_gate_state(with(pointer, value)));
  }
}

TEST_CASE("events of monitors are summed over connections that end and begin") {
  monitor_event_sums sums;
  sums.look(*sound_gate_state(good));
  CHECK(sums.sums() == monitor_events{5, 0, 1});
  sums.look(*sound_gate_state(with("/connections/0/sent", 8)));
  CHECK(sums.sums() == monitor_events{8, 0, 1});
  sums.look(*sound_gate_state(with("/connections/0/since", "2026-01-31T13:00:00Z")));
  CHECK(sums.sums() == monitor_events{13, 0, 2});
  sums.look(*sound_gate_state("{}"));
  CHECK(sums.sums() == monitor_events{13, 0, 2});
}

TEST_CASE("a certificate is told of 30, 7 and 1 days before it expires and when it has, each once") {
  expiry_reminder reminder;
  auto state = *sound_gate_state(good); // until 1 March
  auto days_told = [&](std::string_view now) {
    std::vector<std::int64_t> days;
    for (const auto& each : reminder.look(state, at(now)))
      days.push_back(each.days);
    return days;
  };
  using days = std::vector<std::int64_t>;
  CHECK(days_told("2026-01-01T00:00:00Z").empty());
  CHECK(days_told("2026-01-30T00:00:00Z") == days{30});
  CHECK(days_told("2026-02-10T00:00:00Z").empty());
  CHECK(days_told("2026-02-22T12:00:00Z") == days{6});
  CHECK(days_told("2026-02-28T12:00:00Z") == days{0});
  CHECK(days_told("2026-02-28T13:00:00Z").empty());
  CHECK(days_told("2026-03-01T00:00:01Z") == days{-1});
  CHECK(days_told("2026-03-05T00:00:00Z").empty());
}

TEST_CASE("a certificate that was replaced is watched anew") {
  expiry_reminder reminder;
  auto now = at("2026-02-28T12:00:00Z");
  CHECK(reminder.look(*sound_gate_state(good), now).size() == 1);
  CHECK(reminder.look(*sound_gate_state(with("/certificates/0/not_after", "2027-01-01T00:00:00Z")),
                      now).empty());
  CHECK(reminder.look(*sound_gate_state(with("/certificates/0/not_after", "2026-03-05T00:00:00Z")),
                      now).size() == 1);
}
