#include "tests/actors/web_bench.hpp"
#include "tests/actors/web_requests.hpp"

#include "actors/error.hpp"

#include <boost/json/parse.hpp>

using namespace xylem;
using namespace xylem::testing;
namespace json = boost::json;

namespace {

const std::string history = "/api/v1/meshes/field/nodes/5/history/T01";

reading numbered(std::uint64_t seq) {
  return {seq, wall_time{1'700'000'000'000ms}, small_bytes{bytes(1, std::byte{42})}};
}

series_part held(std::uint64_t seq) {
  return {.readings = {numbered(seq)}};
}

/// A connection whose server keeps a record, or not.
struct history_bench : web_connection_bench {
  void ask(std::string_view more = {}) { receive(http::get(history, more)); }

  void hold(std::optional<series_part> part) {
    REQUIRE(host->series.size() == 1);
    auto done = std::move(host->series.front().second);
    host->series.clear();
    done(std::move(part));
    run();
  }

  void record(std::optional<record_answer> answer) {
    REQUIRE(host->recorded.size() == 1);
    auto done = std::move(host->recorded.front().second);
    host->recorded.clear();
    done(std::move(answer));
    run();
  }
};

/// What a recorder was asked, and whether it answers.
struct record_probe {
  std::vector<record_query> asked{};
  std::vector<caf::response_promise> waiting{}; ///< of a silent one
  bool is_silent = false;
};

caf::result<record_answer> answer_of(recorder_actor::pointer self, record_probe* all,
                                     record_query& asked) {
  all->asked.push_back(asked);
  if (all->is_silent) {
    auto promise = self->make_response_promise<record_answer>();
    all->waiting.push_back(promise);
    return promise;
  }
  return record_answer{.body = R"({"readings":["recorded"]})"};
}

recorder_actor::behavior_type recorder_probe(recorder_actor::pointer self, record_probe* all) {
  return {[](const gateway_wiring_ptr&) {},
          [](news_atom) {},
          [](const restore_query&) { return restored_mesh{}; },
          [self, all](record_query& asked) { return answer_of(self, all, asked); },
          [](const series_query&) { return series_part{}; },
          [](const replay_query&) { return replay_page{}; },
          [](stop_atom) {},
          [](status_atom) { return actor_status{}; },
          [](tick_atom) {}};
}

/// A server that should have a recorder.
struct recorded_bench {
  recorded_bench() {
    bench.hear("\x2A");
    bench.recorder = bench.world.system.spawn(recorder_probe, &record);
    bench.wire();
  }
  ~recorded_bench() { caf::anon_send_exit(bench.recorder, caf::exit_reason::kill); }

  record_probe record{};
  web_bench bench{[](gateway_settings& all) { all.state_dir = "/nowhere"; }};
};

json::object body_of(const web_answer& answer) {
  REQUIRE(answer.status == 200);
  return json::parse(answer.body).as_object();
}

} // namespace

TEST_CASE("a history without a record is what the node cache holds, and is whole") {
  history_bench all;
  all.ask();
  all.hold(held(7));
  auto answer = http::only_answer(all);
  CHECK(answer.status == 200);
  CHECK(answer.body
        == R"({"readings":[{"seq":7,"time":"2023-11-14T22:13:20.000Z","node":5,"type":"T01",)"
           R"("data":"2a"}]})");
  CHECK(all.host->recorded.empty());
}

TEST_CASE("the recorder is asked with what the node cache holds, and its answer is the answer") {
  history_bench all;
  all.host->records = true;
  all.receive(http::get(history + "?limit=3&cursor=9&step=60"));
  REQUIRE(all.host->series.size() == 1);
  CHECK(all.host->series.front().first.cursor == 9);
  all.hold(held(7));
  REQUIRE(all.host->recorded.size() == 1);
  const auto& asked = all.host->recorded.front().first;
  CHECK(asked.asked.step == 60s);
  CHECK(asked.asked.limit == 3);
  CHECK(asked.held.readings.size() == 1);
  all.record(record_answer{.body = "recorded"});
  CHECK(http::only_answer(all).body == "recorded");
}

TEST_CASE("a node that only the record knows is an answer, and one that nobody knows is not") {
  history_bench all;
  all.host->records = true;
  problem unknown{problem_kind::node_not_found, "who?"};
  all.ask();
  all.hold(series_part{.failed = unknown});
  all.record(record_answer{.body = "recorded"});
  all.ask();
  all.hold(series_part{.failed = unknown});
  all.record(record_answer{.failed = unknown});
  auto found = http::answers(all);
  REQUIRE(found.size() == 2);
  CHECK(found[0].status == 200);
  CHECK(found[1].status == 404);
}

TEST_CASE("a recorder that does not answer makes a history incomplete, not unavailable") {
  history_bench all;
  all.host->records = true;
  all.ask();
  all.hold(held(7));
  all.record(std::nullopt);
  auto body = body_of(http::only_answer(all));
  CHECK(body.at("readings").as_array().size() == 1);
  CHECK(body.at("complete") == json::value(false));
}

TEST_CASE("a node cache that does not answer is a 504") {
  history_bench all;
  all.ask();
  all.hold(std::nullopt);
  CHECK(http::only_answer(all).status == 504);
}

TEST_CASE("a page of history is 304 as long as it is the same") {
  history_bench all;
  all.ask();
  all.hold(held(7));
  auto head = http::only_answer(all).head;
  auto at = head.find("ETag: ") + 6;
  auto tag = "If-None-Match: " + head.substr(at, head.find('\r', at) - at) + "\r\n";
  all.ask(tag);
  all.hold(held(7));
  all.ask(tag);
  all.hold(held(8));
  auto found = http::answers(all);
  REQUIRE(found.size() == 3);
  CHECK(found[1].status == 304);
  CHECK(found[2].status == 200);
}

TEST_CASE("a connection that ends while the recorder is asked leaves nothing") {
  history_bench all;
  all.host->records = true;
  all.ask();
  all.hold(held(7));
  all.connection->close();
  all.run();
  CHECK(all.ended());
}

TEST_CASE("a history is asked of the node cache, with a reason when there is none") {
  web_bench bench;
  bench.hear("\x2A");
  bench.hear("\x2B");
  auto body = body_of(bench.get(history));
  REQUIRE(body.at("readings").as_array().size() == 2);
  CHECK(body.at("readings").as_array()[0].at("data") == "2b");
  CHECK_FALSE(body.contains("complete"));
  CHECK(bench.get("/api/v1/meshes/field/nodes/6/history/T01").status == 404);
  auto buckets = body_of(bench.get(history + "?step=3600")).at("buckets").as_array();
  REQUIRE(buckets.size() == 1);
  CHECK(buckets[0].at("count") == 2);
}

TEST_CASE("while a node cache is being restarted a history is a 503") {
  web_bench bench;
  auto cache = std::exchange(bench.caches[0], nullptr);
  bench.wire();
  CHECK(bench.get(history).status == 503);
}

TEST_CASE("a recorder answers for the whole past") {
  recorded_bench all;
  CHECK(all.bench.get(history).body == R"({"readings":["recorded"]})");
  REQUIRE(all.record.asked.size() == 1);
  CHECK(all.record.asked.front().held.readings.size() == 1);
}

TEST_CASE("without the recorder that there should be a history is told to be incomplete") {
  recorded_bench all;
  auto recorder = std::exchange(all.bench.recorder, nullptr);
  all.bench.wire();
  CHECK(body_of(all.bench.get(history)).contains("complete"));
  all.bench.recorder = recorder;
  all.bench.wire();
  CHECK_FALSE(body_of(all.bench.get(history)).contains("complete"));
}

TEST_CASE("a recorder is asked four things at a time, and who waits too long does without it") {
  recorded_bench all;
  auto& world = all.bench.world;
  all.record.is_silent = true;
  std::vector<test_client> clients;
  for (auto i = 0; i < 6; ++i) {
    clients.push_back(all.bench.client());
    clients.back().send("GET " + history + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  REQUIRE(world.until([&] { return all.record.asked.size() == 4; }));
  all.record.waiting.front().deliver(record_answer{.body = "recorded"});
  REQUIRE(world.until([&] { return all.record.asked.size() == 5; })); // the first is done
  world.advance(6s);
  REQUIRE(world.until([&] {
    return std::ranges::all_of(clients, [](test_client& each) {
      return !each.received().empty();
    });
  }));
  std::size_t incomplete = 0;
  for (auto& each : clients)
    if (answers_in(each.received()).at(0).body.find("\"complete\":false") != std::string::npos)
      ++incomplete;
  CHECK(incomplete == 5);
  all.record.is_silent = false;
  CHECK(all.bench.get(history).body == R"({"readings":["recorded"]})");
}
