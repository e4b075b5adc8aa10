// `[HIS]` of more than the node cache holds (wire §4).
#include "actors/node_cache.hpp"
#include "tests/actors/socket_bench.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr node_address five{5};
const type_code code{"T01"};

/// What a recorder has, and whether it answers.
struct record_probe {
  std::vector<reading> kept{}; ///< newest first
  std::vector<series_query> asked{};
  std::vector<caf::response_promise> waiting{}; ///< of a silent one
  bool is_silent = false;
  bool fails = false;
};

caf::result<series_part> part_of(recorder_actor::pointer self, record_probe* all,
                                 const series_query& asked) {
  all->asked.push_back(asked);
  if (all->fails)
    return caf::make_error(caf::sec::runtime_error);
  if (all->is_silent) {
    auto promise = self->make_response_promise<series_part>();
    all->waiting.push_back(promise);
    return promise;
  }
  auto count = std::min<std::size_t>(all->kept.size(), asked.asked.limit);
  return series_part{.readings = {all->kept.begin(),
                                  all->kept.begin() + static_cast<std::ptrdiff_t>(count)}};
}

recorder_actor::behavior_type recorder_probe(recorder_actor::pointer self, record_probe* all) {
  return {[](const gateway_wiring_ptr&) {},
          [](news_atom) {},
          [](const restore_query&) { return restored_mesh{}; },
          [](const record_query&) { return record_answer{}; },
          [self, all](const series_query& asked) { return part_of(self, all, asked); },
          [](const replay_query&) { return replay_page{}; },
          [](stop_atom) {},
          [](status_atom) { return actor_status{}; },
          [](tick_atom) {}};
}

/// A real node cache that holds the readings 3 and 4, and a recorder that has 1 to 3.
struct past_bench {
  past_bench() {
    bench.settings.history_depth = 2;
    bench.cache = bench.world.system.spawn(
      node_cache, socket_bench::mesh, const_cast<const mesh_settings*>(&bench.settings),
      make_dialect("classic"), &bench.world.env);
    for (auto data : {1, 2, 3, 4})
      hear(data);
    for (std::uint64_t seq : {3, 2, 1})
      record.kept.push_back({seq, bench.world.clock.now().wall, byte(static_cast<int>(seq))});
    bench.recorder = bench.world.system.spawn(recorder_probe, &record);
    wire();
  }
  ~past_bench() { caf::anon_send_exit(bench.recorder, caf::exit_reason::kill); }

  static small_bytes byte(int value) { return small_bytes{bytes(1, std::byte(value))}; }

  void wire() {
    bench.wire();
    auto wiring = std::make_shared<mesh_wiring>();
    wiring->socket_server = bench.it;
    caf::anon_send(bench.cache, wiring_ptr{wiring});
    bench.world.run();
  }

  void hear(int data) {
    event what{.time = bench.world.clock.now().wall,
               .node = five,
               .code = code,
               .kind = event_kind::reading,
               .state = 1,
               .data = byte(data)};
    caf::anon_send(bench.cache, event_batch{bench.world.clock.now(), {what}});
    bench.world.run();
  }

  /// What a client that asked for so many is told, as the values of the readings.
  std::string ask(int max) {
    auto client = bench.client();
    client.send(request(max));
    return received(client);
  }

  std::string received(test_client& client) {
    REQUIRE(bench.world.until([&] { return !client.received().empty() || client.ended(); }));
    return values_in(client.received());
  }

  static std::string request(int max, char node = 5) {
    return std::string{"[HIS]\0", 6} + node + "T01" + static_cast<char>(max);
  }

  /// `4 3`: "S", the type, a count, and for each a time, a length and one byte.
  static std::string values_in(std::string_view reply) {
    std::string out;
    REQUIRE(reply.starts_with("ST01"));
    for (auto at = std::size_t{5}; at + 10 <= reply.size(); at += 10)
      out += (out.empty() ? "" : " ") + std::to_string(reply[at + 9]);
    CHECK(reply[4] == static_cast<char>((reply.size() - 5) / 10));
    return out;
  }

  record_probe record{};
  socket_bench bench{};
};

} // namespace

TEST_CASE("what the node cache does not hold comes from the record, each reading once") {
  past_bench all;
  CHECK(all.ask(255) == "4 3 2 1");
  CHECK(all.ask(3) == "4 3 2");
  CHECK(all.record.asked.size() == 2);
}

TEST_CASE("the recorder is not asked for what the node cache holds") {
  past_bench all;
  CHECK(all.ask(2) == "4 3");
  CHECK(all.ask(1) == "4");
  CHECK(all.ask(0) == "");
  CHECK(all.record.asked.empty());
}

TEST_CASE("a recorder that fails, is silent or is gone leaves what the node cache holds") {
  past_bench all;
  all.record.fails = true;
  CHECK(all.ask(9) == "4 3");
  all.record.fails = false;
  all.record.is_silent = true;
  auto client = all.bench.client();
  client.send(past_bench::request(9));
  REQUIRE(all.bench.world.until([&] { return all.record.asked.size() == 2; }));
  CHECK(client.received().empty());
  all.bench.world.advance(1s);
  CHECK(all.received(client) == "4 3");
  auto recorder = std::exchange(all.bench.recorder, nullptr);
  all.wire();
  CHECK(all.ask(9) == "4 3");
  all.bench.recorder = recorder;
}

TEST_CASE("replies keep their order around a history, and other clients do not wait for it") {
  past_bench all;
  all.record.is_silent = true;
  auto client = all.bench.client();
  client.send("ACT-C" + past_bench::request(9) + "ACT-C");
  REQUIRE(all.bench.world.until([&] { return all.record.asked.size() == 1; }));
  auto first = client.received();
  CHECK(first.size() < 10); // of the first request alone
  auto other = all.bench.client();
  other.send("ACT-C");
  REQUIRE(all.bench.world.until([&] { return other.received() == first; }));
  CHECK(client.received() == first);
  all.record.waiting.front().deliver(series_part{.readings = all.record.kept});
  auto whole = first.size() * 2 + 5 + 4 * 10;
  REQUIRE(all.bench.until_received(client, whole));
  auto text = client.received();
  REQUIRE(text.size() == whole);
  CHECK(past_bench::values_in(std::string_view{text}.substr(first.size(), 45)) == "4 3 2 1");
  CHECK(text.ends_with(first));
}

TEST_CASE("a node that only the record knows has a history, and one that nobody knows has none") {
  past_bench all;
  auto client = all.bench.client();
  client.send(past_bench::request(9, 6));
  CHECK(all.received(client) == "3 2 1");
  all.record.kept.clear();
  auto other = all.bench.client();
  other.send(past_bench::request(9, 6));
  REQUIRE(all.bench.world.until([&] { return !other.received().empty(); }));
  CHECK(other.received().find("Node Not Found") != std::string::npos);
}

TEST_CASE("a history under way to a node cache that is no more fails once") {
  past_bench all;
  all.record.is_silent = true;
  auto client = all.bench.client();
  client.send(past_bench::request(9));
  REQUIRE(all.bench.world.until([&] { return all.record.asked.size() == 1; }));
  all.bench.cache = all.bench.world.system.spawn(cache_probe, &all.bench.told);
  all.wire();
  REQUIRE(all.bench.world.until([&] { return !client.received().empty(); }));
  auto failed = client.received();
  CHECK(failed.find("Not Available") != std::string::npos);
  all.record.waiting.front().deliver(series_part{.readings = all.record.kept});
  all.bench.world.run();
  all.bench.world.advance(2s);
  CHECK(client.received() == failed);
}
