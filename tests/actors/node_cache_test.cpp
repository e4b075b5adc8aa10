#include "actors/node_cache.hpp"

#include "tests/actors/actor_probes.hpp"
#include "tests/actors/scripted_port.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr mesh_index mesh{4};

struct cache_bench {
  cache_bench() {
    auto wiring = std::make_shared<mesh_wiring>();
    wiring->event_hub = world.system.spawn(hub_probe, &told);
    wiring->socket_server = world.system.spawn(server_probe, &told);
    caf::anon_send(it, wiring_ptr{wiring});
    world.run();
  }

  void store(std::vector<event> events) {
    caf::anon_send(it, event_batch{world.clock.now(), std::move(events)});
    world.run();
  }

  void hear(std::uint16_t node, std::string_view code, std::string_view data) {
    store({reading_of(node, code, data)});
  }

  event reading_of(std::uint16_t node, std::string_view code, std::string_view data) const {
    return {.time = world.clock.now().wall,
            .node = node_address{node},
            .code = type_code{code},
            .kind = event_kind::reading,
            .state = 1,
            .data = small_bytes{view_of(data)}};
  }

  event link(link_state state) const {
    return {.time = world.clock.now().wall,
            .kind = event_kind::link_changed,
            .state = static_cast<std::uint8_t>(state)};
  }

  void ask(std::vector<queued_request> requests) {
    request_batch batch{.round = 9};
    batch.requests = std::move(requests);
    caf::anon_send(it, std::move(batch));
    world.run();
  }

  /// The reply to one request.
  std::string answer(queued_request request) {
    ask({request});
    return std::string{text_of(told.replies.back().encoded)};
  }

  static queued_request get(std::uint16_t node, std::string_view code, std::uint64_t session = 1) {
    queued_request what{.session = session, .kind = request_kind::get};
    what.node = node_address{node};
    what.code = type_code{code};
    return what;
  }

  std::vector<event_kind> kinds() const {
    std::vector<event_kind> all;
    for (const auto& what : told.events)
      all.push_back(what.kind);
    return all;
  }

  heard told{};
  mesh_settings settings{};
  actor_fixture world{};
  node_cache_actor it = world.system.spawn(node_cache, mesh, &settings, make_dialect("classic"),
                                           &world.env);
};

} // namespace

TEST_CASE("the first reading of a node is told after its join, with the mesh in every event") {
  cache_bench bench;
  bench.hear(5, "T01", "x");
  CHECK(bench.kinds()
        == std::vector{event_kind::node_joined, event_kind::node_changed, event_kind::reading});
  for (const auto& what : bench.told.events)
    CHECK(what.mesh == mesh);
  CHECK(bench.told.event_batches == 1);
}

TEST_CASE("a batch that changes nothing is not told") {
  cache_bench bench;
  event malformed{.node = node_address{5}, .kind = event_kind::node_heard, .state = 1};
  bench.store({malformed});
  CHECK(bench.told.event_batches == 0);
}

TEST_CASE("replies keep the order of the requests, and one session's run of them is one slice") {
  cache_bench bench;
  bench.hear(5, "T01", "x");
  bench.ask({cache_bench::get(5, "T01", 1), cache_bench::get(6, "T01", 1),
             cache_bench::get(5, "T02", 2), {.session = 1, .kind = request_kind::active_count}});
  REQUIRE(bench.told.replies.size() == 1);
  const auto& batch = bench.told.replies[0];
  auto first = "ST01" + hex("01 01") + big16(5) + "x" + failed("Node Not Found");
  auto second = failed("Data Type Not Found");
  auto third = "S" + big16(1);
  CHECK(text_of(batch.encoded) == first + second + third);
  CHECK(batch.round == 9);
  REQUIRE(batch.replies.size() == 3);
  CHECK(batch.replies[0].session == 1);
  CHECK(batch.replies[0].requests == 2);
  CHECK(batch.replies[0].size == first.size());
  CHECK(batch.replies[1].session == 2);
  CHECK(batch.replies[1].requests == 1);
  CHECK(batch.replies[1].size == second.size());
  CHECK(batch.replies[2].session == 1);
  CHECK(batch.replies[2].requests == 1);
}

TEST_CASE("what the network manager decided is answered as it decided") {
  cache_bench bench;
  queued_request accepted{.kind = request_kind::command,
                          .result = queued_request::outcome::success};
  queued_request refused{.kind = request_kind::command,
                         .result = queued_request::outcome::failed,
                         .reason = failure::queue_full};
  CHECK(bench.answer(accepted) == "S");
  CHECK(bench.answer(refused) == failed("Queue Full"));
}

TEST_CASE("a batch names the active nodes in ascending order") {
  cache_bench bench;
  bench.hear(9, "T01", "c");
  bench.hear(5, "T01", "a");
  bench.hear(7, "T02", "b");
  CHECK(bench.answer(cache_bench::get(0, "T01"))
        == "ST01" + hex("01 02") + big16(5) + "a" + big16(9) + "c");
  CHECK(bench.answer(cache_bench::get(0xFFFF, "T02")) == "ST02" + hex("01 01") + big16(7) + "b");
}

TEST_CASE("a batch of nodes with different lengths fails") {
  cache_bench bench;
  bench.hear(5, "T01", "a");
  bench.hear(6, "T01", "ab");
  CHECK(bench.answer(cache_bench::get(0, "T01")) == failed("Mixed Data Lengths"));
}

TEST_CASE("a history is newest first and no longer than asked") {
  cache_bench bench;
  bench.hear(5, "T01", "a");
  bench.world.advance(1s);
  bench.hear(5, "T01", "b");
  bench.hear(5, "T01", "c");
  queued_request history{.session = 1, .kind = request_kind::history};
  history.node = node_address{5};
  history.code = type_code{"T01"};
  history.max = 2;
  // 1,700,000,001,000 ms is 0x18BCFE56BE8.
  CHECK(bench.answer(history)
        == "ST01" + hex("02") + hex("0000018bcfe56be8 01") + "c" + hex("0000018bcfe56be8 01")
             + "b");
}

TEST_CASE("a silent node becomes idle after 60 s and disconnected after 180 s, and is told so") {
  cache_bench bench;
  bench.hear(5, "T01", "x");
  auto status_at = [&](std::size_t change) {
    return static_cast<node_status>(bench.told.of(event_kind::node_changed).at(change).state);
  };
  auto changes = [&] { return bench.told.of(event_kind::node_changed).size(); };
  REQUIRE(changes() == 1);
  CHECK(status_at(0) == node_status::active);
  bench.world.advance(59s);
  CHECK(changes() == 1);
  bench.world.advance(1s);
  REQUIRE(changes() == 2);
  CHECK(status_at(1) == node_status::idle);
  bench.world.advance(119s);
  CHECK(changes() == 2);
  bench.world.advance(1s);
  REQUIRE(changes() == 3);
  CHECK(status_at(2) == node_status::disconnected);
  bench.world.advance(10min);
  CHECK(changes() == 3);
}

TEST_CASE("an idle node is not counted as active and not in a batch until it is heard again") {
  cache_bench bench;
  bench.hear(5, "T01", "x");
  bench.world.advance(61s);
  CHECK(bench.answer({.session = 1, .kind = request_kind::active_count}) == "S" + big16(0));
  CHECK(bench.answer(cache_bench::get(0, "T01")) == "ST01" + hex("00 00"));
  CHECK(bench.answer(cache_bench::get(5, "T01")) == "ST01" + hex("01 01") + big16(5) + "x");
  bench.hear(5, "T01", "y");
  CHECK(bench.answer({.session = 1, .kind = request_kind::active_count}) == "S" + big16(1));
}

TEST_CASE("a lost link and a restarted root disconnect every node at once") {
  cache_bench bench;
  for (auto node : std::array<std::uint16_t, 2>{5, 6})
    bench.hear(node, "T01", "x");
  bench.store({bench.link(link_state::silent)});
  CHECK(bench.answer({.session = 1, .kind = request_kind::active_count}) == "S" + big16(2));
  bench.store({bench.link(link_state::down)});
  CHECK(bench.answer({.session = 1, .kind = request_kind::active_count}) == "S" + big16(0));
  bench.hear(5, "T01", "x");
  CHECK(bench.answer({.session = 1, .kind = request_kind::active_count}) == "S" + big16(1));
  bench.store({{.code = type_code{"RST"}, .kind = event_kind::root_restarted}});
  CHECK(bench.answer({.session = 1, .kind = request_kind::active_count}) == "S" + big16(0));
}

TEST_CASE("events of one batch happen in their order: a restart between two readings") {
  cache_bench bench;
  bench.store({bench.reading_of(5, "T01", "a"), {.kind = event_kind::root_restarted},
               bench.reading_of(6, "T01", "b")});
  CHECK(bench.answer(cache_bench::get(0, "T01")) == "ST01" + hex("01 01") + big16(6) + "b");
}

TEST_CASE("the node status is JSON, its lists in ascending order of addresses") {
  cache_bench bench;
  bench.hear(6, "T01", "x");
  bench.store({{.node = node_address{5}, .kind = event_kind::node_joined}});
  std::string json
    = R"({"node_amount":2,"node_addr_list":[5,6],"node_status_list":[0,1]})";
  CHECK(bench.answer({.session = 1, .kind = request_kind::node_status})
        == "S" + hex("000000") + static_cast<char>(json.size()) + json);
}

TEST_CASE("the status of a node cache counts its nodes, its readings and its failures") {
  cache_bench bench;
  bench.hear(5, "T01", "x");
  bench.hear(5, "T01", "y");
  bench.answer(cache_bench::get(8, "T01"));
  auto status = status_of(bench.world, bench.it);
  CHECK(number(status, "nodes/total") == 1);
  CHECK(number(status, "nodes/active") == 1);
  CHECK(number(status, "cache/readings") == 2);
  CHECK(number(status, "failures/Node Not Found") == 1);
}
