#include "actors/network_manager.hpp"

#include "tests/actors/actor_probes.hpp"
#include "tests/actors/scripted_port.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr auto bad_frame = "[D]"; // an update without a count

struct manager_bench {
  manager_bench() { wire(); }

  void wire() {
    auto wiring = std::make_shared<mesh_wiring>();
    wiring->uart = world.system.spawn(uart_probe, &told);
    wiring->node_cache = cache;
    caf::anon_send(it, wiring_ptr{wiring});
    world.run();
  }

  void link(link_state state, std::string reason, bool opened = false) {
    caf::anon_send(it, link_report{state, std::move(reason), opened});
    world.run();
  }

  void open() { link(link_state::silent, "no frame since the port was opened", true); }

  /// These frames in one read of the port, by their payload.
  void read(std::vector<std::string> payloads, std::vector<std::string> console = {}) {
    root_batch batch{.received = world.clock.now(), .console = std::move(console)};
    for (const auto& payload : payloads) {
      auto wire_size = static_cast<std::uint32_t>(framed(payload).size());
      batch.frames.push_back({static_cast<std::uint32_t>(batch.payloads.size()),
                              static_cast<std::uint32_t>(payload.size()), wire_size});
      append(batch.payloads, payload);
      sums.bytes_read += wire_size;
      sums.frame_bytes += wire_size;
      ++sums.frames;
    }
    batch.sums = sums;
    caf::anon_send(it, std::move(batch));
    world.run();
  }

  void request(std::vector<queued_request> requests, std::string_view payloads = {}) {
    request_batch batch{.round = 7};
    append(batch.payloads, payloads);
    batch.requests = std::move(requests);
    caf::anon_send(it, std::move(batch));
    world.run();
  }

  /// The outcome of a SEND- with this message to node 5.
  queued_request send(std::string_view message) {
    request({send_command(message)}, message);
    return told.requests.back().requests.back();
  }

  static queued_request send_command(std::string_view message) {
    queued_request what{.session = 1, .kind = request_kind::command};
    what.command = command_kind::send;
    what.node = node_address{5};
    what.size = static_cast<std::uint32_t>(message.size());
    return what;
  }

  void written(std::vector<std::uint64_t> ids) {
    written_report report{.bytes = 10};
    for (auto id : ids)
      report.ids.push_back(command_id{id});
    caf::anon_send(it, report);
    world.run();
  }

  std::vector<command_state> states_of(std::uint64_t id) const {
    std::vector<command_state> states;
    for (const auto& what : told.of(event_kind::command))
      if (what.id == id)
        states.push_back(static_cast<command_state>(what.state));
    return states;
  }

  heard told{};
  mesh_settings settings{};
  frame_counters sums{};
  actor_fixture world{};
  node_cache_actor cache = world.system.spawn(cache_probe, &told);
  network_manager_actor it
    = world.system.spawn(network_manager, mesh_index{}, &settings, make_dialect("classic"),
                         &world.env, ledger_settings{.commands = 3, .ttl = 10s});
};

using states = std::vector<command_state>;

std::string text(const event& what) { return std::string{text_of(what.data.view())}; }

} // namespace

TEST_CASE("every reading of an update becomes an event, the first of them marked") {
  manager_bench bench;
  bench.read({big16(5) + "[D]" + hex("02") + "GPS" + hex("06 010203040506") + "T01"
              + hex("01 2a")});
  REQUIRE(bench.told.events.size() == 2);
  const auto& gps = bench.told.events[0];
  CHECK(gps.kind == event_kind::reading);
  CHECK(gps.node == node_address{5});
  CHECK(gps.code == type_code{"GPS"});
  CHECK(text(gps) == hex("010203040506"));
  CHECK(gps.state == 1);
  CHECK(gps.time == bench.world.clock.now().wall);
  CHECK(bench.told.events[1].code == type_code{"T01"});
  CHECK(bench.told.events[1].state == 0);
}

TEST_CASE("an update without readings says that its node was heard") {
  manager_bench bench;
  bench.read({big16(5) + "[D]" + hex("00")});
  REQUIRE(bench.told.events.size() == 1);
  CHECK(bench.told.events[0].kind == event_kind::node_heard);
  CHECK(bench.told.events[0].state == 0);
}

TEST_CASE("messages, requests and unknown types keep their type and their payload verbatim") {
  manager_bench bench;
  bench.read({big16(5) + "[M]" + hex("02") + "hi", big16(6) + "<Q>what?", big16(7) + "xyz1"});
  REQUIRE(bench.told.events.size() == 3);
  CHECK(bench.told.events[0].kind == event_kind::message);
  CHECK(text(bench.told.events[0]) == hex("02") + "hi");
  CHECK(bench.told.events[1].kind == event_kind::request);
  CHECK(text(bench.told.events[1]) == "what?");
  CHECK(bench.told.events[2].kind == event_kind::message);
  CHECK(bench.told.events[2].code == type_code{"xyz"});
  CHECK(text(bench.told.events[2]) == "1");
}

TEST_CASE("nodes of a snapshot have not spoken, a node that joins has") {
  manager_bench bench;
  std::string uuid(16, 'u');
  bench.read({big16(0) + "NET" + hex("02") + big16(5) + uuid + big16(6) + uuid,
              big16(7) + "NOD" + uuid});
  REQUIRE(bench.told.events.size() == 3);
  for (auto [n, node, spoke] : {std::array{0, 5, 0}, {1, 6, 0}, {2, 7, 1}}) {
    const auto& what = bench.told.events[static_cast<std::size_t>(n)];
    CHECK(what.kind == event_kind::node_joined);
    CHECK(what.node.value == node);
    CHECK(what.state == spoke);
    CHECK(text(what) == uuid);
  }
}

TEST_CASE("console text and text frames of address 0 are the root's log") {
  manager_bench bench;
  bench.read({big16(0) + "wifi up"}, {"rst:0x1"});
  REQUIRE(bench.told.events.size() == 2);
  CHECK(bench.told.events[0].kind == event_kind::root_log);
  CHECK(text(bench.told.events[0]) == "wifi up");
  CHECK(bench.told.events[1].kind == event_kind::root_log);
  CHECK(text(bench.told.events[1]) == "rst:0x1");
}

TEST_CASE("the events of one read are one batch in the order of the frames") {
  manager_bench bench;
  std::vector<std::string> payloads;
  for (std::uint16_t node = 1; node <= 100; ++node)
    payloads.push_back(big16(node) + "[M]" + hex("00"));
  bench.read(payloads);
  CHECK(bench.told.event_batches == 1);
  REQUIRE(bench.told.events.size() == 100);
  CHECK(std::ranges::is_sorted(bench.told.events, {}, &event::node));
}

TEST_CASE("a malformed frame is counted once and its neighbours are understood") {
  manager_bench bench;
  bench.read({big16(5) + bad_frame, big16(6) + "[M]" + hex("00"), "x"});
  CHECK(bench.told.of(event_kind::message).size() == 1);
  CHECK(bench.told.of(event_kind::node_heard).size() == 2);
  CHECK(bench.told.of(event_kind::node_heard)[0].state == 1);
  auto status = status_of(bench.world, bench.it);
  // FF 0005 [D] FE and FF x FE.
  CHECK(number(status, "uart/rejects/malformed/count") == 2);
  CHECK(number(status, "uart/rejects/malformed/bytes") == 7 + 3);
  CHECK(number(status, "uart/frames") == 1);
  CHECK(number(status, "uart/bytes_read")
        == number(status, "uart/frame_bytes") + number(status, "uart/rejects/malformed/bytes"));
}

TEST_CASE("malformed frames are logged once a node and minute") {
  manager_bench bench;
  for (auto n = 0; n < 3; ++n)
    bench.read({big16(5) + bad_frame, big16(6) + bad_frame});
  CHECK(bench.world.count_in_log("malformed frame") == 2);
  bench.world.advance(59s);
  bench.read({big16(5) + bad_frame});
  CHECK(bench.world.count_in_log("malformed frame") == 2);
  bench.world.advance(1s);
  bench.read({big16(5) + bad_frame});
  CHECK(bench.world.count_in_log("malformed frame") == 3);
  CHECK(number(status_of(bench.world, bench.it), "uart/rejects/malformed/count") == 8);
}

TEST_CASE("an opened link asks the root for its nodes") {
  manager_bench bench;
  bench.open();
  CHECK(bench.told.wire == network_info);
  auto links = bench.told.of(event_kind::link_changed);
  REQUIRE(links.size() == 1);
  CHECK(static_cast<link_state>(links[0].state) == link_state::silent);
  CHECK(text(links[0]) == "no frame since the port was opened");
}

TEST_CASE("a root that restarted is asked for its nodes again, and the clients are told") {
  manager_bench bench;
  bench.open();
  bench.written({1});
  bench.told.wire.clear();
  bench.read({big16(0) + "RST" + "power"});
  CHECK(bench.told.wire == network_info);
  auto restarts = bench.told.of(event_kind::root_restarted);
  REQUIRE(restarts.size() == 1);
  CHECK(text(restarts[0]) == "power");
}

TEST_CASE("a question that still waits is not asked twice") {
  manager_bench bench;
  bench.open();
  bench.read({big16(0) + "RST", big16(0) + "RST"});
  CHECK(bench.told.wire == network_info);
}

TEST_CASE("a node cache that was started anew has the root asked for its nodes") {
  manager_bench bench;
  bench.open();
  bench.written({1});
  bench.told.wire.clear();
  bench.wire(); // the same one
  CHECK(bench.told.wire.empty());
  bench.cache = nullptr; // none for a while
  bench.wire();
  CHECK(bench.told.wire.empty());
  bench.cache = bench.world.system.spawn(cache_probe, &bench.told);
  bench.wire();
  CHECK(bench.told.wire == network_info);
}

TEST_CASE("a change of the link is told once, whatever is reported again") {
  manager_bench bench;
  bench.open();
  bench.link(link_state::up, "frames are decoded");
  bench.link(link_state::up, "frames are decoded");
  bench.link(link_state::down, "Input/output error");
  CHECK(bench.told.of(event_kind::link_changed).size() == 3);
}

TEST_CASE("an accepted command is told, transmitted, and told again when it is written") {
  manager_bench bench;
  bench.open();
  bench.told.wire.clear();
  CHECK(bench.send("hi").result == queued_request::outcome::success);
  CHECK(bench.told.wire == send_frame(5, "hi"));
  CHECK(bench.states_of(2) == states{command_state::accepted});
  bench.written({1, 2});
  CHECK(bench.states_of(2) == states{command_state::accepted, command_state::written});
  auto status = status_of(bench.world, bench.it);
  CHECK(number(status, "uart/bytes_written") == 10);
  CHECK(number(status, "commands/written") == 2);
}

TEST_CASE("an answer to a node goes out as a message that begins with <R>") {
  manager_bench bench;
  bench.open();
  bench.told.wire.clear();
  queued_request answer{.session = 1, .kind = request_kind::answer};
  answer.node = node_address{5};
  answer.size = 3;
  bench.request({answer}, "yes");
  CHECK(bench.told.wire == send_frame(5, "<R>yes"));
  CHECK(bench.told.requests.back().requests[0].result == queued_request::outcome::success);
}

TEST_CASE("commands are refused while no root is connected, queries pass") {
  manager_bench bench;
  auto refused = bench.send("hi");
  CHECK(refused.result == queued_request::outcome::failed);
  CHECK(refused.reason == failure::no_serial_connection);
  bench.open();
  bench.link(link_state::down, "gone");
  CHECK(bench.send("hi").reason == failure::no_serial_connection);
  bench.request({{.session = 1, .kind = request_kind::active_count}});
  CHECK(bench.told.requests.back().requests[0].result == queued_request::outcome::open);
  CHECK(bench.told.requests.back().round == 7);
}

TEST_CASE("commands that exceed the queue are refused, the gateway's own is not") {
  manager_bench bench;
  bench.open(); // NINFO is the first of three
  bench.written({1});
  for (auto n = 0; n < 3; ++n)
    CHECK(bench.send("hi").result == queued_request::outcome::success);
  CHECK(bench.send("hi").reason == failure::queue_full);
  bench.told.wire.clear();
  bench.read({big16(0) + "RST"});
  CHECK(bench.told.wire == network_info);
  CHECK(number(status_of(bench.world, bench.it), "commands/refused") == 1);
}

TEST_CASE("a message longer than 255 bytes is refused, never cut") {
  manager_bench bench;
  bench.open();
  queued_request answer{.session = 1, .kind = request_kind::answer};
  answer.size = 253; // and <R>
  bench.request({answer}, std::string(253, 'x'));
  CHECK(bench.told.requests.back().requests[0].reason == failure::message_too_long);
}

TEST_CASE("requests of one batch stay in order, whatever becomes of each") {
  manager_bench bench;
  bench.open();
  auto command = manager_bench::send_command("hi");
  bench.request({{.session = 1, .kind = request_kind::active_count}, command,
                 {.session = 2, .kind = request_kind::node_status}, command, command},
                "hi");
  using enum queued_request::outcome;
  std::vector<queued_request::outcome> outcomes;
  for (const auto& each : bench.told.requests.back().requests)
    outcomes.push_back(each.result);
  CHECK(outcomes == std::vector{open, success, open, success, failed});
}

TEST_CASE("what waited while the link was down is submitted in order when it is back") {
  manager_bench bench;
  bench.open();
  bench.written({1});
  bench.send("a");
  bench.send("b");
  bench.link(link_state::down, "gone");
  bench.world.advance(9s);
  bench.told.wire.clear();
  bench.wire(); // another uart
  bench.open();
  CHECK(bench.told.wire == send_frame(5, "a") + send_frame(5, "b") + network_info);
  bench.written({2, 3});
  CHECK(bench.states_of(2) == states{command_state::accepted, command_state::written});
  CHECK(bench.states_of(3) == states{command_state::accepted, command_state::written});
}

TEST_CASE("a command that is not written in its time is told, cancelled and not submitted again") {
  manager_bench bench;
  bench.open();
  bench.written({1});
  bench.world.advance(1s);
  bench.send("a");
  bench.world.advance(9'999ms);
  CHECK(bench.states_of(2) == states{command_state::accepted});
  bench.world.advance(1ms);
  CHECK(bench.states_of(2) == states{command_state::accepted, command_state::expired});
  CHECK(bench.told.cancelled == std::vector{command_id{2}});
  CHECK(bench.world.count_in_log("command expired") == 1);
  bench.told.wire.clear();
  bench.open();
  CHECK(bench.told.wire == network_info);
}

TEST_CASE("each command has a deadline of its own") {
  manager_bench bench;
  bench.open();
  bench.written({1});
  bench.send("a");
  bench.world.advance(4s);
  bench.send("b");
  bench.world.advance(6s);
  CHECK(bench.told.cancelled == std::vector{command_id{2}});
  bench.world.advance(4s);
  CHECK(bench.told.cancelled == std::vector{command_id{2}, command_id{3}});
}

TEST_CASE("the sums of the uart outlive it, and every byte stays in exactly one of them") {
  manager_bench bench;
  bench.open();
  bench.read({big16(5) + "[M]" + hex("00")}); // FF 0005 [M] 00 FE: 8 bytes
  bench.sums.bytes_read += 4;                 // of a frame that never ends
  bench.sums.pending_bytes = 4;
  bench.read({});
  bench.link(link_state::down, "gone");
  bench.sums = {};
  bench.open();
  bench.read({big16(5) + "[M]" + hex("00")});
  auto status = status_of(bench.world, bench.it);
  CHECK(number(status, "uart/frames") == 2);
  CHECK(number(status, "uart/bytes_read") == 8 + 4 + 8);
  CHECK(number(status, "uart/pending_bytes") == 0);
  CHECK(number(status, "uart/rejects/truncated/bytes") == 4);
}

TEST_CASE("a link that is reported down twice counts its bytes once") {
  manager_bench bench;
  bench.open();
  bench.read({big16(5) + "[M]" + hex("00")});
  bench.link(link_state::down, "gone");
  bench.link(link_state::down, "no such file");
  CHECK(number(status_of(bench.world, bench.it), "uart/bytes_read") == 8);
}

TEST_CASE("the status of a network manager names its dialect, link and data types") {
  manager_bench bench;
  auto status = status_of(bench.world, bench.it);
  CHECK(status["dialect"] == "classic");
  CHECK(status["link"].as_object()["state"] == "down");
  CHECK(status["link"].as_object()["reason"] == "not opened yet");
  REQUIRE(status["data_types"].as_array().size() == 1);
  CHECK(status["data_types"].as_array()[0].as_object()["code"] == "GPS");
}
