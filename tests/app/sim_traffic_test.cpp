#include "sim_harness.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace xylem;
using namespace xylem::testing;

namespace {

double degrees(std::string_view raw) {
  auto number = static_cast<std::int32_t>(read_big(view_of(raw)) << 8) >> 8; // sign-extends 24 bits
  return number / 1e5;
}

root_options busy_mesh() {
  root_options options;
  options.nodes = 5;
  options.rate = 50;
  options.message_rate = 3;
  options.request_rate = 2;
  options.heartbeat = 7s;
  return options;
}

bytes wire_of(root_options options, sim_time step, sim_time span = 20s) {
  listener gateway{std::move(options)};
  gateway.pass(span, step);
  return gateway.wire;
}

} // namespace

TEST_CASE("sim: a root that powers up prints its boot log, then announces its restart") {
  listener gateway{quiet_mesh(0)};
  gateway.pass(1s);
  CHECK(gateway.console.starts_with("ets Jul 29 2019"));
  CHECK(gateway.console.find("\x1b[0;32m") != std::string::npos);
  REQUIRE(gateway.frames.size() == 1);
  CHECK(gateway.frames[0].kind == root_message_kind::root_restarted);
  CHECK(gateway.frames[0].node == root_address);
}

TEST_CASE("sim: nodes join one by one over the join window, each with a uuid of its own") {
  auto options = quiet_mesh(10);
  options.join_window = 5s;
  listener gateway{options};
  gateway.pass(300ms + 2500ms - 10ms); // restarted at 300 ms; half of the window
  CHECK(gateway.all(root_message_kind::node_joined).size() == 5);
  gateway.pass(5s);
  auto joined = gateway.all(root_message_kind::node_joined);
  CHECK(joined.size() == 10);
  std::set<std::string> uuids;
  for (std::size_t i = 0; i < joined.size(); ++i) {
    CHECK(joined[i].node.value == i + 1);
    uuids.insert(joined[i].payload);
  }
  CHECK(uuids.size() == 10);
}

TEST_CASE("sim: a node says nothing before it has joined") {
  auto options = quiet_mesh(10);
  options.join_window = 5s;
  options.rate = 100;
  options.message_rate = 100;
  listener gateway{options};
  gateway.pass(10s);
  std::set<node_address> joined{root_address};
  for (const auto& heard : gateway.frames) {
    if (heard.kind == root_message_kind::node_joined)
      joined.insert(heard.node);
    CHECK(joined.contains(heard.node));
  }
  CHECK(joined.size() == 11);
}

TEST_CASE("sim: updates come at the rate that was asked for, from every node in turn") {
  auto options = quiet_mesh(4);
  options.rate = 20;
  listener gateway{options};
  gateway.pass(300ms);
  gateway.forget();
  gateway.pass(10s);
  auto updates = gateway.all(root_message_kind::data);
  CHECK(updates.size() == 200);
  CHECK(std::ranges::count(updates, node_address{3}, &heard_frame::node) == 50);
}

TEST_CASE("sim: readings are what their types say") {
  auto options = quiet_mesh(3);
  options.rate = 30;
  options.types = parse_sim_types("GPS,TMP,BAT,abc:0,DYN:8,end");
  listener gateway{options};
  gateway.pass(60s);
  auto updates = gateway.all(root_message_kind::data);
  REQUIRE(updates.size() > 1000);
  for (const auto& update : updates) {
    REQUIRE(update.readings.size() == 6);
    CHECK(update.readings.at("abc").empty());
    CHECK(update.readings.at("DYN").size() == 8);
    CHECK(update.readings.at("end").size() == 4); // without a length of its own
    auto percent = static_cast<unsigned char>(update.readings.at("BAT")[0]);
    CHECK((percent >= 1 && percent <= 100));
    auto celsius = static_cast<std::int16_t>(read_big(view_of(update.readings.at("TMP")))) / 100.0;
    CHECK((celsius >= -20 && celsius <= 45));
  }
}

TEST_CASE("sim: a node moves, but never faster than a car and never far from home") {
  auto options = quiet_mesh(1);
  options.rate = 1;
  options.types = parse_sim_types("GPS");
  listener gateway{options};
  gateway.pass(3600s, 1s);
  std::vector<std::pair<double, double>> track;
  for (const auto& update : gateway.all(root_message_kind::data)) {
    const auto& raw = update.readings.at("GPS");
    track.emplace_back(degrees(raw.substr(0, 3)), degrees(raw.substr(3)));
  }
  REQUIRE(track.size() > 3000);
  std::set<std::pair<double, double>> places{track.begin(), track.end()};
  CHECK(places.size() > 1000);
  constexpr auto metre = 1 / 111'320.0; // in degrees of latitude
  for (std::size_t i = 1; i < track.size(); ++i) {
    CHECK(std::abs(track[i].second - track[i - 1].second) < 16 * metre);
    CHECK(std::abs(track[i].first - track[i - 1].first) < 16 * 1.6 * metre);
    CHECK(std::abs(track[i].second - track[0].second) < 0.05);
    CHECK(std::abs(track[i].first - track[0].first) < 0.05);
  }
}

TEST_CASE("sim: a quiet node still gives a heartbeat, an update without readings") {
  auto options = quiet_mesh(6);
  options.heartbeat = 60s;
  listener gateway{options};
  gateway.pass(1s);
  gateway.forget();
  gateway.pass(60s);
  auto beats = gateway.all(root_message_kind::data);
  CHECK(beats.size() == 6);
  std::set<node_address> nodes;
  for (const auto& beat : beats) {
    CHECK(beat.readings.empty());
    nodes.insert(beat.node);
  }
  CHECK(nodes.size() == 6);
}

TEST_CASE("sim: without faults the gateway's codec understands every frame") {
  auto options = busy_mesh();
  options.trailer = true;
  listener gateway{options};
  gateway.pass(60s);
  CHECK(gateway.all(root_message_kind::malformed).empty());
  CHECK(gateway.all(root_message_kind::message).size() > 100);
  CHECK(gateway.all(root_message_kind::request).size() > 60);
  const auto& counters = gateway.decoder.counters();
  CHECK(counters.frames == gateway.frames.size());
  CHECK(counters.frame_bytes + counters.console_bytes == counters.bytes_read);
  CHECK(gateway.root.statistics().bytes == gateway.wire.size());
}

TEST_CASE("sim: the trailer is the last thing in an update") {
  auto options = quiet_mesh(1);
  options.rate = 10;
  options.types = parse_sim_types("xyz:1");
  options.escape_percent = 0;
  options.trailer = true;
  listener gateway{options};
  gateway.pass(1s);
  auto ends = std::string_view{"[E]\xFE"};
  CHECK(text_of(gateway.wire).ends_with(ends));
}

TEST_CASE("sim: the share of escaped bytes is what was asked for") {
  auto options = quiet_mesh(1);
  options.rate = 100;
  options.types = parse_sim_types("xyz:200");
  for (auto percent : {0.0, 50.0, 100.0}) {
    options.escape_percent = percent;
    listener gateway{options};
    gateway.pass(10s);
    auto escapes = static_cast<double>(std::ranges::count(gateway.wire, framing::escape));
    auto updates = static_cast<double>(gateway.all(root_message_kind::data).size());
    // The uuid of the one node may hold escapes as well: at most 16.
    CHECK(std::abs(escapes / updates - 2 * percent) < 3);
  }
}

TEST_CASE("sim: the same seed says the same bytes, however finely time is cut") {
  auto expected = wire_of(busy_mesh(), 10ms);
  CHECK(expected.size() > 10'000);
  CHECK(wire_of(busy_mesh(), 10ms) == expected);
  CHECK(wire_of(busy_mesh(), 777us) == expected);
  CHECK(wire_of(busy_mesh(), 20s) == expected);
}

TEST_CASE("sim: another seed says other bytes") {
  auto options = busy_mesh();
  options.seed = 2;
  CHECK(wire_of(options, 10ms) != wire_of(busy_mesh(), 10ms));
}

TEST_CASE("sim: without a rate the room is filled, and no further") {
  auto options = quiet_mesh(3);
  options.rate = 0;
  listener gateway{options};
  gateway.pass(400ms, 400ms);
  gateway.forget();
  REQUIRE(gateway.root.next_due());
  CHECK(*gateway.root.next_due() <= gateway.now);
  gateway.look(5000);
  // Room, and the rest of the last frame: 44 bytes, perhaps all escaped.
  CHECK(gateway.wire.size() >= 5000);
  CHECK(gateway.wire.size() < 5000 + 90);
}

TEST_CASE("sim: traffic ends after the updates that were asked for, answers do not") {
  auto options = quiet_mesh(3);
  options.rate = 100;
  options.count = 7;
  options.message_rate = 1;
  listener gateway{options};
  gateway.pass(10s);
  CHECK(gateway.root.finished());
  CHECK(gateway.all(root_message_kind::data).size() == 7);
  CHECK(gateway.all(root_message_kind::message).empty());
  gateway.command({command_kind::send, node_address{1}, copy_of(view_of("hi"))});
  gateway.pass(1s);
  CHECK(gateway.texts(root_message_kind::message) == std::vector<std::string>{"echo: hi"});
}

TEST_CASE("sim: a reset does not bring traffic back that has ended") {
  auto options = quiet_mesh(3);
  options.rate = 100;
  options.count = 7;
  options.steps = {once(sim_action::reset, 5s)};
  listener gateway{options};
  gateway.pass(20s);
  CHECK(gateway.all(root_message_kind::data).size() == 7);
  CHECK(gateway.root.statistics().boots == 2);
}

TEST_CASE("sim: nothing is said while nobody has the port open, and that is counted") {
  auto options = quiet_mesh(2);
  options.rate = 10;
  listener gateway{options};
  gateway.pass(1s);
  gateway.root.port_closed(gateway.now);
  gateway.forget();
  gateway.pass(10s);
  CHECK(gateway.wire.empty());
  CHECK(gateway.root.statistics().unheard_frames == 100);
  gateway.root.port_opened(gateway.now);
  gateway.pass(1s);
  CHECK(gateway.all(root_message_kind::data).size() == 10);
  CHECK(gateway.root.statistics().opens == 2);
}

TEST_CASE("sim: a board whose reset hangs on DTR boots when it is opened") {
  auto options = quiet_mesh(2);
  options.reset_on_open = true;
  listener gateway{options};
  gateway.pass(5s);
  gateway.root.port_closed(gateway.now);
  gateway.pass(1s);
  gateway.forget();
  gateway.root.port_opened(gateway.now);
  gateway.pass(1s);
  CHECK(gateway.console.starts_with("ets"));
  CHECK(gateway.all(root_message_kind::root_restarted).size() == 1);
}

TEST_CASE("sim: a paced line never exceeds its baud rate, and loses nothing of what was sent") {
  auto options = quiet_mesh(3);
  options.rate = 0;
  options.baud = 9600;
  listener gateway{options};
  gateway.pass(20s, 13ms);
  // 10 bits a byte; the boot log came at 20 ms and the line has been busy since.
  CHECK(gateway.wire.size() <= 9600 / 10 * 20);
  CHECK(gateway.wire.size() > 9600 / 10 * 19);
  CHECK(gateway.all(root_message_kind::malformed).empty());
  CHECK(gateway.root.statistics().bytes - gateway.wire.size() < 512 + 1024);
  REQUIRE(gateway.root.next_due());
  CHECK(*gateway.root.next_due() > gateway.now);
}

TEST_CASE("sim: a paced line that was idle saves nothing up for a burst") {
  auto options = quiet_mesh(40);
  options.baud = 9600;
  listener gateway{options};
  gateway.pass(20s);
  gateway.forget();
  gateway.command({command_kind::network_info, {}, {}});
  gateway.pass(100ms);
  CHECK(gateway.wire.size() == 96); // 960 bytes a second
}

TEST_CASE("sim: who takes less than is said misses turns instead of getting old news for ever") {
  auto options = quiet_mesh(2);
  options.rate = 1000;
  listener gateway{options};
  gateway.pass(1s);
  for (int i = 0; i < 100; ++i) {
    gateway.now += 100ms;
    gateway.look(50); // two frames, of the hundred that are due
  }
  CHECK(gateway.root.statistics().skipped_turns > 8000);
  gateway.forget();
  gateway.look();
  CHECK(gateway.frames.size() <= 1001); // a second's worth
}

TEST_CASE("sim: 65,534 nodes join and are heard") {
  auto options = quiet_mesh(max_sim_nodes);
  options.types = {};
  options.rate = 200'000;
  listener gateway{options};
  gateway.pass(1s, 100ms);
  auto updates = gateway.all(root_message_kind::data);
  CHECK(gateway.all(root_message_kind::node_joined).size() == max_sim_nodes);
  CHECK(std::ranges::max(updates, {}, &heard_frame::node).node.value == max_sim_nodes);
}
