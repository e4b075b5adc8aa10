#include "app/replay/replay_run.hpp"

#include "app/replay/capture_outline.hpp"
#include "app/replay/event_comparison.hpp"
#include "tests/actors/wire_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <sstream>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

const instant begin{mono_time{42h}, wall_time{1'700'000'000'000ms}};

instant after(milliseconds span) {
  return {begin.mono + span, begin.wall + span};
}

capture_packet packet(capture_kind kind, std::string_view data, instant when = begin) {
  return {"field", {when, kind, copy_of(view_of(data))}};
}

gateway_settings one_mesh(const std::string& dialect = "classic") {
  gateway_settings settings;
  settings.meshes.emplace_back().name = "field";
  settings.meshes.back().dialect = dialect;
  return settings;
}

struct replay_bench {
  std::size_t count(std::string_view text) const {
    return static_cast<std::size_t>(std::ranges::count_if(
      lines, [&](const std::string& line) { return line.find(text) != std::string::npos; }));
  }

  std::vector<std::string> lines{};
  replay_run run{one_mesh(), {.event = [this](std::string_view line) { lines.emplace_back(line); }}};
};

std::string error_of(auto what) {
  try {
    what();
  } catch (const replay_error& error) {
    return error.what();
  }
  return {};
}

const auto update = root_frame(5, "[D]", "\x01T01\x01*");

} // namespace

TEST_CASE("a capture that begins in the middle begins with an open port") {
  replay_bench bench;
  bench.run.feed(packet(capture_kind::from_root, update));
  CHECK(bench.count(R"("kind":"link_changed")") == 2); // silent, up
  CHECK(bench.count(R"("kind":"reading")") == 1);
  CHECK(bench.lines.front().starts_with(R"({"epoch":1700000000000,"seq":1,)"));
}

TEST_CASE("what was written to the root and what is about the file is no traffic") {
  replay_bench bench;
  bench.run.feed(packet(capture_kind::about_mesh, "classic"));
  bench.run.feed({"field", make_lost_record(3, begin)});
  CHECK(bench.lines.empty());
  bench.run.feed(packet(capture_kind::port_opened, "/dev/ttyUSB0"));
  auto before = bench.lines.size();
  bench.run.feed(packet(capture_kind::to_root, update));
  CHECK(bench.lines.size() == before);
}

TEST_CASE("time goes on without packets, and not back with one that is late") {
  replay_bench bench;
  bench.run.feed(packet(capture_kind::from_root, update));
  bench.run.advance(61s);
  CHECK(bench.count(R"("state":"idle")") == 1);
  CHECK(bench.run.elapsed() == 61s);
  bench.run.feed(packet(capture_kind::from_root, update, after(10s)));
  CHECK(bench.run.elapsed() == 61s);
  CHECK(bench.lines.back().find(R"("time":"2023-11-14T22:14:21.000Z")") != std::string::npos);
}

TEST_CASE("a capture with a hole of more than a week, or a time of no machine, is refused") {
  replay_bench bench;
  bench.run.feed(packet(capture_kind::from_root, update));
  CHECK(error_of([&] {
          bench.run.feed(packet(capture_kind::from_root, update, after(24h * 7 + 1ms)));
        }).find("week") != std::string::npos);
  CHECK(error_of([&] {
          bench.run.feed(packet(capture_kind::from_root, update,
                                {mono_time{mono_time::duration::min()}, begin.wall}));
        }).find("no machine") != std::string::npos);
}

TEST_CASE("a mesh that is not in the settings, and a dialect that nobody speaks, are told") {
  replay_bench bench;
  auto other = packet(capture_kind::from_root, update);
  other.mesh = "cellar";
  CHECK(error_of([&] { bench.run.feed(other); }) == "mesh cellar is not known");
  CHECK(error_of([] { replay_run{one_mesh("klingon"), {}}; }).find("klingon") != std::string::npos);
}

TEST_CASE("a replay without traffic has no state, and one that is left in the middle ends") {
  replay_bench nothing;
  CHECK(nothing.run.state() == saved_state{});
  replay_bench half;
  half.run.feed(packet(capture_kind::from_root, update.substr(0, 4)));
  CHECK(half.run.state().meshes.size() == 1);
}

TEST_CASE("whatever is captured in whatever order, a replay gets to its end and is the same again") {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    std::minstd_rand random{seed};
    auto upto = [&](unsigned most) { return static_cast<unsigned>(random() % (most + 1)); };
    std::vector<capture_packet> packets;
    auto now = begin;
    for (auto count = upto(40); count > 0; --count) {
      now.mono += milliseconds{upto(90'000)};
      now.wall += milliseconds{upto(90'000)} - 20s;
      std::string data;
      for (auto size = upto(60); size > 0; --size)
        data += "\xff\xfe\xfa\x01\n[D]NETNODRST<Q>T01*"[upto(24)];
      packets.push_back(packet(static_cast<capture_kind>(upto(5)), upto(2) ? data : update, now));
    }
    replay_bench first, second;
    for (const auto& each : packets)
      first.run.feed(each);
    for (const auto& each : packets)
      second.run.feed(each);
    CHECK(first.lines == second.lines);
    CHECK(first.run.state() == second.run.state());
  }
}

TEST_CASE("captured meshes have the settings of their names, or defaults in their dialect") {
  capture_outline outline{.meshes = {{"north", ""}, {"south", "classic"}, {"west", "compact"}}};
  gateway_settings configured;
  for (auto name : {"east", "west", "north"}) {
    configured.meshes.emplace_back().name = name;
    configured.meshes.back().history_depth = 7;
  }
  auto made = replay_settings(outline, configured);
  std::vector<std::string> names;
  for (const auto& mesh : made.meshes)
    names.push_back(mesh.name + "/" + mesh.dialect + "/" + std::to_string(mesh.history_depth));
  CHECK(names == std::vector<std::string>{"west/classic/7", "north/classic/7",
                                          "south/classic/" + std::to_string(limits::history_depth)});
}

namespace {

std::string difference(const std::string& expected, const std::vector<std::string>& lines) {
  std::istringstream in{expected};
  event_comparison comparison{in, "x.jsonl"};
  for (const auto& line : lines)
    comparison.take(line);
  comparison.finish();
  return comparison.difference();
}

} // namespace

TEST_CASE("the first difference is told with its line and what came before it") {
  CHECK(difference("a\nb\n", {"a", "b"}) == "");
  CHECK(difference("a\nb\nc\nd\ne\nf\n", {"a", "b", "c", "d", "X", "Y"})
        == "x.jsonl:5: the replay differs\n  2 b\n  3 c\n  4 d\n- 5 e\n+ 5 X\n");
  CHECK(difference("a\n", {"a", "b"}) == "x.jsonl:2: the replay has more events\n  1 a\n+ 2 b\n");
  CHECK(difference("a\nb\n", {"a"}) == "x.jsonl:2: the replay has no more events\n  1 a\n- 2 b\n");
  CHECK(difference("", {}) == "");
}
