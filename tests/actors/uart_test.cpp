#include "actors/uart.hpp"

#include "actors/error.hpp"
#include "tests/actors/actor_probes.hpp"
#include "tests/actors/scripted_port.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

/// A uart between a scripted port and a recording network manager.
struct uart_bench {
  explicit uart_bench(transmit_profile profile = transmit_profile::stream) {
    settings.name = "field";
    settings.transmit = profile;
    start();
  }

  void start() {
    it = world.system.spawn(uart, mesh_index{3}, &settings, make_dialect("classic"), &world.env);
    end = world.end_of(it);
    wire();
    world.run();
  }

  void wire() {
    auto wiring = std::make_shared<mesh_wiring>();
    wiring->uart = it;
    wiring->network_manager = manager;
    wiring->supervisor = supervisor;
    wiring->capture = capture;
    caf::anon_send(it, wiring_ptr{wiring});
  }

  /// Commands of that many encoded bytes each, numbered from `first`.
  void transmit(std::uint64_t first, std::vector<std::size_t> sizes) {
    transmit_batch batch;
    for (auto size : sizes)
      batch.commands.push_back({command_id{first++}, bytes(size, std::byte{'c'})});
    caf::anon_send(it, std::move(batch));
    world.run();
  }

  void cancel(std::uint64_t id) {
    caf::anon_send(it, cancel_batch{{command_id{id}}});
    world.run();
  }

  void read(std::string_view chunk) {
    ports.last().deliver(chunk);
    world.run();
  }

  /// A new capture is there.
  void capture_traffic() {
    capture = world.system.spawn(capture_probe, &told);
    wire();
    world.run();
  }

  std::vector<std::pair<capture_kind, std::string>> captured_texts() const {
    std::vector<std::pair<capture_kind, std::string>> out;
    for (const auto& each : told.captures)
      out.emplace_back(each.kind, text_of(each.data));
    return out;
  }

  std::vector<std::uint64_t> written_ids() const {
    std::vector<std::uint64_t> ids;
    for (const auto& report : told.written)
      for (auto id : report.ids)
        ids.push_back(id.value);
    return ids;
  }

  heard told{};
  mesh_settings settings{};
  port_script ports{};
  actor_fixture world{[this](const mesh_settings& mesh, std::function<void(open_result)> done) {
    ports.opener(world.io)(mesh, std::move(done));
  }};
  network_manager_actor manager = world.system.spawn(manager_probe, &told);
  supervisor_actor supervisor = world.system.spawn(supervisor_probe, &told);
  capture_actor capture{}; ///< none, unless a test says so
  uart_actor it{};
  std::shared_ptr<std::optional<caf::error>> end{};
};

using ids = std::vector<std::uint64_t>;
using captured_list = std::vector<std::pair<capture_kind, std::string>>;

} // namespace

TEST_CASE("an opened port is told: to the network manager as an opened link, to the supervisor") {
  uart_bench bench;
  REQUIRE(bench.told.links.size() == 1);
  CHECK(bench.told.links[0].opened);
  CHECK(bench.told.links[0].state == link_state::silent);
  CHECK(bench.told.links[0].reason == "no frame since the port was opened");
  CHECK(bench.told.ready == std::vector{mesh_index{3}});
  CHECK(bench.world.count_in_log("port opened") == 1);
  CHECK(!*bench.end);
}

TEST_CASE("a port that cannot be opened ends the uart with the reason") {
  uart_bench bench;
  bench.ports.error = "/dev/field is held by minicom (pid 7)";
  bench.start();
  REQUIRE(*bench.end);
  CHECK(is(**bench.end, gateway_error::port_unavailable));
  CHECK(describe(**bench.end) == "/dev/field is held by minicom (pid 7)");
}

TEST_CASE("frames of one read go on as one batch, and with them the console text") {
  uart_bench bench;
  auto first = root_frame(5, "[M]", hex("02") + "hi");
  auto second = root_frame(6, "[M]", hex("02 ff fa")); // escaped on the wire
  bench.read("boot\r\n" + first + second);
  REQUIRE(bench.told.root.size() == 1);
  const auto& batch = bench.told.root[0];
  REQUIRE(batch.frames.size() == 2);
  auto payload = [&](std::size_t n) {
    return std::string{text_of(
      bytes_view{batch.payloads}.subspan(batch.frames[n].offset, batch.frames[n].size))};
  };
  CHECK(payload(0) == hex("0005") + "[M]" + hex("02") + "hi");
  CHECK(payload(1) == hex("0006") + "[M]" + hex("02 ff fa"));
  CHECK(batch.frames[0].wire_size == first.size());
  CHECK(batch.frames[1].wire_size == second.size());
  CHECK(batch.console == std::vector<std::string>{"boot"});
  CHECK(batch.received == bench.world.clock.now());
  CHECK(batch.sums.bytes_read == 6 + first.size() + second.size());
}

TEST_CASE("a frame that comes byte by byte is one frame of the last batch") {
  uart_bench bench;
  for (auto byte : root_frame(5, "[M]", hex("02") + "hi"))
    bench.read({&byte, 1});
  std::size_t frames = 0;
  for (const auto& batch : bench.told.root)
    frames += batch.frames.size();
  CHECK(frames == 1);
  CHECK(bench.told.root.back().frames.size() == 1);
}

TEST_CASE("the first frame brings the link up, silence_after without one makes it silent") {
  uart_bench bench;
  bench.read(root_frame(5, "[M]", hex("00")));
  REQUIRE(bench.told.links.size() == 2);
  CHECK(bench.told.links[1].state == link_state::up);
  CHECK(!bench.told.links[1].opened);
  bench.world.advance(bench.settings.silent_after - 1s);
  CHECK(bench.told.links.size() == 2);
  bench.world.advance(1s);
  REQUIRE(bench.told.links.size() == 3);
  CHECK(bench.told.links[2].state == link_state::silent);
  CHECK(bench.told.links[2].reason == "no frame for 180 s");
}

TEST_CASE("a link that is mostly noise is told as noisy") {
  uart_bench bench;
  // Each of these frames is cut by the start of the next one: 21 bytes rejected.
  for (auto n = 0; n < 5; ++n)
    bench.read(hex("ff") + std::string(20, 'x'));
  REQUIRE(bench.told.links.size() == 2);
  CHECK(bench.told.links[1].state == link_state::noisy);
}

TEST_CASE("a lost port ends the uart, after the last sums of its decoder were told") {
  uart_bench bench;
  auto frame = root_frame(5, "[M]", hex("00"));
  bench.read(frame + hex("ff") + "half");
  bench.ports.last().lose("Input/output error");
  bench.world.run();
  REQUIRE(*bench.end);
  CHECK(is(**bench.end, gateway_error::port_lost));
  CHECK(describe(**bench.end) == "Input/output error");
  CHECK(bench.ports.last().closed);
  REQUIRE(bench.told.root.size() == 2);
  CHECK(bench.told.root.back().frames.empty());
  CHECK(bench.told.root.back().sums.frames == 1);
  CHECK(bench.told.root.back().sums.pending_bytes == 5);
}

TEST_CASE("a uart that is ended by force closes its port, one that is opened later too") {
  uart_bench bench;
  caf::anon_send_exit(bench.it, caf::exit_reason::kill);
  bench.world.run();
  CHECK(bench.ports.last().closed);

  auto late = bench.world.system.spawn(uart, mesh_index{}, &bench.settings,
                                       make_dialect("classic"), &bench.world.env);
  caf::anon_send_exit(late, caf::exit_reason::kill);
  bench.world.run();
  CHECK((bench.ports.attempts < 2 || bench.ports.last().closed));
  CHECK(bench.told.ready.size() == 1);
}

TEST_CASE("a uart that was ended just before a read tells nothing of it") {
  uart_bench bench;
  io_unit unit{bench.world.system, bench.world.env.io};
  caf::actor_config on_io_thread{&unit};
  auto function = uart;
  bench.it = bench.world.system.spawn_functor<caf::no_spawn_options>(
    std::true_type{}, on_io_thread, function, mesh_index{3},
    static_cast<const mesh_settings*>(&bench.settings), make_dialect("classic"), &bench.world.env);
  bench.wire();
  bench.world.run();
  REQUIRE(bench.ports.opened.size() == 2);
  auto frame = root_frame(5, "[M]", hex("00"));
  bench.read(frame);
  auto told = bench.told.root.size();
  CHECK(told == 1);
  caf::anon_send_exit(bench.it, caf::exit_reason::kill); // runs in the callback of the read
  bench.it = nullptr;
  bench.read(frame);
  CHECK(bench.told.root.size() == told);
  CHECK(bench.ports.last().closed);
}

TEST_CASE("a network manager that was started anew learns the state of the link") {
  uart_bench bench;
  bench.read(root_frame(5, "[M]", hex("00")));
  bench.wire(); // the same one: nothing new
  bench.world.run();
  CHECK(bench.told.links.size() == 2);

  bench.manager = bench.world.system.spawn(manager_probe, &bench.told);
  bench.wire();
  bench.world.run();
  REQUIRE(bench.told.links.size() == 3);
  CHECK(bench.told.links[2].opened);
  CHECK(bench.told.links[2].state == link_state::up);
}

TEST_CASE("a uart whose port was opened before it was wired tells so when it is") {
  uart_bench bench;
  bench.told = {};
  bench.it = bench.world.system.spawn(uart, mesh_index{3}, &bench.settings,
                                      make_dialect("classic"), &bench.world.env);
  bench.world.run();
  bench.wire();
  bench.world.run();
  REQUIRE(bench.told.links.size() == 1);
  CHECK(bench.told.links[0].opened);
  CHECK(bench.told.ready == std::vector{mesh_index{3}});
}

TEST_CASE("stream: commands are written at once and reported as the port has taken them") {
  uart_bench bench;
  bench.transmit(1, {30, 40});
  CHECK(bench.ports.last().written.size() == 70);
  CHECK(bench.ports.last().writes == 1);
  REQUIRE(bench.told.written.size() == 1);
  CHECK(bench.told.written[0].bytes == 70);
  CHECK(bench.written_ids() == ids{1, 2});
}

TEST_CASE("gap: the first burst waits for 1.05 s of silence, the next one for another after it") {
  uart_bench bench{transmit_profile::gap};
  bench.transmit(1, {1000, 24, 1});
  bench.world.advance(1049ms);
  CHECK(bench.ports.last().written.empty());
  bench.world.advance(1ms);
  CHECK(bench.ports.last().written.size() == 1024);
  CHECK(bench.written_ids() == ids{1, 2});
  // 1,024 bytes at 11,520 bytes a second take 88.9 ms, then comes the silence.
  bench.world.advance(1138ms);
  CHECK(bench.ports.last().written.size() == 1024);
  bench.world.advance(1ms);
  CHECK(bench.ports.last().written.size() == 1025);
  CHECK(bench.written_ids() == ids{1, 2, 3});
}

TEST_CASE("gap: what is transmitted while a burst waits goes out with it") {
  uart_bench bench{transmit_profile::gap};
  bench.transmit(1, {10});
  bench.world.advance(1000ms);
  bench.transmit(2, {10});
  bench.world.advance(50ms);
  CHECK(bench.ports.last().written.size() == 20);
  CHECK(bench.ports.last().writes == 1);
}

TEST_CASE("block: a burst is padded to 1,024 bytes") {
  uart_bench bench{transmit_profile::block};
  bench.transmit(1, {10});
  bench.world.advance(1050ms);
  CHECK(bench.ports.last().written == std::string(10, 'c') + std::string(1014, '\0'));
}

TEST_CASE("a port that takes a write in parts gets all of it, and no frame is told too early") {
  uart_bench bench;
  bench.ports.last().takes = 7;
  bench.transmit(1, {10, 10});
  CHECK(bench.ports.last().written == std::string(20, 'c'));
  std::vector<std::size_t> parts;
  for (const auto& report : bench.told.written)
    parts.push_back(report.bytes);
  CHECK(parts == std::vector<std::size_t>{7, 7, 6});
  CHECK(bench.told.written[0].ids.empty());
  CHECK(bench.told.written[1].ids == std::vector{command_id{1}});
  CHECK(bench.told.written[2].ids == std::vector{command_id{2}});
}

TEST_CASE("a cancelled command is not written, unless its burst is already under way") {
  uart_bench bench;
  bench.ports.last().stalled = true;
  bench.transmit(1, {10});
  bench.transmit(2, {20});
  bench.transmit(3, {30});
  bench.cancel(1);
  bench.cancel(2);
  bench.ports.last().stalled = false;
  bench.ports.last().take();
  bench.world.run();
  CHECK(bench.ports.last().written.size() == 10 + 30);
  CHECK(bench.written_ids() == ids{1, 3});
}

TEST_CASE("a uart that is asked to stop writes what waits, and then ends") {
  uart_bench bench{transmit_profile::gap};
  bench.transmit(1, {1024, 1});
  caf::anon_send(bench.it, stop_atom::value);
  bench.world.advance(1050ms);
  CHECK(bench.ports.last().written.size() == 1024);
  CHECK(!*bench.end);
  bench.world.advance(1139ms);
  CHECK(bench.ports.last().written.size() == 1025);
  REQUIRE(*bench.end);
  CHECK(**bench.end == caf::exit_reason::user_shutdown);
  CHECK(bench.ports.last().closed);
}

TEST_CASE("a uart with nothing to write stops at once") {
  uart_bench bench;
  caf::anon_send(bench.it, stop_atom::value);
  bench.world.run();
  REQUIRE(*bench.end);
  CHECK(**bench.end == caf::exit_reason::user_shutdown);
}

TEST_CASE("the status of a uart tells its port, its queue and its last frame") {
  uart_bench bench{transmit_profile::gap};
  bench.transmit(1, {10, 20});
  bench.world.advance(1s);
  bench.read(root_frame(5, "[M]", hex("00")) + "one\ntwo\n");
  auto status = status_of(bench.world, bench.it);
  CHECK(status["port"] == "/dev/scripted");
  CHECK(status["link_state"] == "up");
  CHECK(status["since"] == "2023-11-14T22:13:20.000Z");
  CHECK(status["last_frame"] == "2023-11-14T22:13:21.000Z");
  CHECK(number(status, "transmit_queue/commands") == 2);
  CHECK(number(status, "transmit_queue/bytes") == 30);
  CHECK(number(status, "console/lines") == 2);
}

TEST_CASE("a capture is told what is read and handed to the port, and when that came and went") {
  uart_bench bench;
  bench.capture_traffic();
  auto frame = root_frame(5, "[M]", hex("00"));
  bench.world.advance(1s);
  bench.read("boot\n" + frame);
  bench.transmit(1, {3, 2});
  bench.ports.last().lose("Input/output error");
  bench.world.run();
  using kind = capture_kind;
  CHECK(bench.captured_texts()
        == captured_list{{kind::port_opened, "/dev/scripted"},
                         {kind::from_root, "boot\n" + frame},
                         {kind::to_root, "ccccc"},
                         {kind::port_lost, "Input/output error"}});
  CHECK(bench.told.captures[0].when.wall == moved_clock::start);
  CHECK(bench.told.captures[1].when == bench.world.clock.now());
}

TEST_CASE("a burst is captured before the port takes it, and once though that takes it in parts") {
  uart_bench bench;
  bench.capture_traffic();
  bench.ports.last().stalled = true;
  bench.transmit(1, {10, 10});
  CHECK(bench.ports.last().written.empty());
  REQUIRE(bench.told.captures.size() == 2);
  CHECK(bench.told.captures[1].data.size() == 20);
  bench.ports.last().takes = 7;
  bench.ports.last().stalled = false;
  bench.ports.last().take();
  bench.transmit(3, {5});
  CHECK(bench.ports.last().written.size() == 25);
  REQUIRE(bench.told.captures.size() == 3);
  CHECK(bench.told.captures[2].data.size() == 5);
}

TEST_CASE("a capture that was started anew is told which port is open") {
  uart_bench bench;
  bench.capture_traffic();
  bench.wire(); // the same one: nothing new
  bench.world.run();
  CHECK(bench.told.captures.size() == 1);
  bench.capture_traffic();
  CHECK(bench.captured_texts()
        == captured_list{{capture_kind::port_opened, "/dev/scripted"},
                         {capture_kind::port_opened, "/dev/scripted"}});
}
