#include "actors/event_hub.hpp"

#include "tests/actors/actor_probes.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr std::uint64_t epoch = 77;

struct hub_bench {
  explicit hub_bench(std::size_t ring_events = 100)
      : it{world.system.spawn(event_hub, event_settings{.ring_events = ring_events}, epoch,
                              &world.env)} {}

  void publish(std::vector<event> events) {
    caf::anon_send(it, event_batch{world.clock.now(), std::move(events)});
    world.run();
  }

  void publish_readings(std::size_t count) {
    publish(std::vector<event>(count, event{.kind = event_kind::reading}));
  }

  subscriber_actor subscriber(heard& all) { return world.system.spawn(subscriber_probe, &all); }

  void subscribe(const subscriber_actor& who, subscriber_filter filter = {}) {
    caf::anon_send(it, subscribe_atom::value, who, filter);
    world.run();
  }

  void subscribe(const subscriber_actor& who, cursor from, subscriber_filter filter = {}) {
    caf::anon_send(it, subscribe_atom::value, who, filter, from);
    world.run();
  }

  heard told{};
  heard others{};
  actor_fixture world{};
  event_hub_actor it;
};

/// What the hub has answered to somebody who waits for events.
struct answers {
  std::vector<replay_page> pages{};
  std::size_t failures = 0;
};

caf::behavior asks_for_news(caf::event_based_actor* self, const event_hub_actor& hub,
                            answers* all) {
  return {[self, hub, all](cursor from) {
    replay_query asked{.from = from, .max_events = 10};
    self->request(hub, caf::infinite, news_atom::value, asked)
      .then([all](const replay_page& page) { all->pages.push_back(page); },
            [all](const caf::error&) { ++all->failures; });
  }};
}

std::vector<std::uint64_t> numbers(const heard& told) {
  std::vector<std::uint64_t> all;
  for (const auto& what : told.events)
    all.push_back(what.seq);
  return all;
}

using seqs = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("events are numbered from 1 without a hole, whichever batch they come in") {
  hub_bench bench;
  bench.subscribe(bench.subscriber(bench.told));
  bench.publish_readings(2);
  bench.publish_readings(1);
  CHECK(numbers(bench.told) == seqs{1, 2, 3});
  REQUIRE(bench.told.news.size() == 2);
  CHECK(bench.told.news[0].epoch == epoch);
}

TEST_CASE("a subscriber gets only what it wants, and no message when there is nothing in it") {
  hub_bench bench;
  bench.subscribe(bench.subscriber(bench.told), {.kinds = {event_kind::message}});
  bench.publish({{.kind = event_kind::reading}, {.kind = event_kind::message}});
  bench.publish_readings(5);
  CHECK(numbers(bench.told) == seqs{2});
  CHECK(bench.told.news.size() == 1);
}

TEST_CASE("subscribers of different meshes do not see each other's events") {
  hub_bench bench;
  bench.subscribe(bench.subscriber(bench.told), {.meshes = selection<mesh_index>{{mesh_index{0}}}});
  bench.subscribe(bench.subscriber(bench.others),
                  {.meshes = selection<mesh_index>{{mesh_index{1}}}});
  bench.publish({{.mesh = mesh_index{1}}, {.mesh = mesh_index{0}}, {.mesh = mesh_index{1}}});
  CHECK(numbers(bench.told) == seqs{2});
  CHECK(numbers(bench.others) == seqs{1, 3});
}

TEST_CASE("a new filter replaces the subscriber's earlier one") {
  hub_bench bench;
  auto who = bench.subscriber(bench.told);
  bench.subscribe(who, {.kinds = {event_kind::message}});
  bench.subscribe(who, {.kinds = {event_kind::reading}});
  bench.publish({{.kind = event_kind::reading}, {.kind = event_kind::message}});
  CHECK(numbers(bench.told) == seqs{1});
  CHECK(number(status_of(bench.world, bench.it), "subscribing_actors") == 1);
}

TEST_CASE("who subscribes without a cursor gets nothing of the past") {
  hub_bench bench;
  bench.publish_readings(3);
  bench.subscribe(bench.subscriber(bench.told));
  CHECK(bench.told.news.empty());
  bench.publish_readings(1);
  CHECK(numbers(bench.told) == seqs{4});
}

TEST_CASE("who resumes after a cursor gets what it missed, each event once") {
  hub_bench bench;
  bench.publish_readings(5);
  bench.subscribe(bench.subscriber(bench.told), cursor{epoch, 3});
  bench.publish_readings(1);
  CHECK(numbers(bench.told) == seqs{4, 5, 6});
}

TEST_CASE("who resumes at the newest event gets no message") {
  hub_bench bench;
  bench.publish_readings(5);
  bench.subscribe(bench.subscriber(bench.told), cursor{epoch, 5});
  CHECK(bench.told.news.empty());
}

TEST_CASE("a resumed subscriber gets only what it wants of what it missed") {
  hub_bench bench;
  bench.publish({{.kind = event_kind::reading}, {.kind = event_kind::message}});
  bench.subscribe(bench.subscriber(bench.told), cursor{epoch, 0}, {.kinds = {event_kind::message}});
  CHECK(numbers(bench.told) == seqs{2});
}

TEST_CASE("events that fell out of the ring are told by one gap, whatever the filter") {
  hub_bench bench{10};
  bench.publish_readings(25);
  bench.subscribe(bench.subscriber(bench.told), cursor{epoch, 3}, {.kinds = {event_kind::message}});
  REQUIRE(bench.told.events.size() == 1);
  const auto& gap = bench.told.events[0];
  CHECK(gap.kind == event_kind::gap);
  CHECK(gap.id == 12);  // 4 to 15
  CHECK(gap.seq == 15); // a cursor to go on from
  CHECK(gap_of(gap).value().reason == "overwritten");
  CHECK(gap.time == bench.world.clock.now().wall);
}

TEST_CASE("a cursor of another life of the hub gets a gap and all that the ring holds") {
  hub_bench bench;
  bench.publish_readings(2);
  bench.subscribe(bench.subscriber(bench.told), cursor{epoch - 1, 500});
  REQUIRE(bench.told.events.size() == 3);
  CHECK(bench.told.events[0].kind == event_kind::gap);
  CHECK(gap_of(bench.told.events[0]).value().reason == "other epoch");
  CHECK(bench.told.events[1].seq == 1);
  CHECK(bench.told.events[2].seq == 2);
}

TEST_CASE("a cursor ahead of the newest event gets a gap, not silence") {
  hub_bench bench;
  bench.publish_readings(2);
  bench.subscribe(bench.subscriber(bench.told), cursor{epoch, 3});
  REQUIRE(!bench.told.events.empty());
  CHECK(gap_of(bench.told.events[0]).value().reason == "from the future");
}

TEST_CASE("who asks for events that are there is answered at once, else when the next ones come") {
  hub_bench bench;
  answers got;
  auto reader = bench.world.system.spawn(asks_for_news, bench.it, &got);
  bench.publish_readings(2);
  caf::anon_send(reader, cursor{epoch, 1});
  bench.world.run();
  REQUIRE(got.pages.size() == 1);
  CHECK(got.pages[0].reached == cursor{epoch, 2});
  caf::anon_send(reader, cursor{epoch, 2});
  bench.world.run();
  CHECK(got.pages.size() == 1);
  bench.publish_readings(3);
  REQUIRE(got.pages.size() == 2);
  CHECK(got.pages[1].events.size() == 3);
  CHECK(got.pages[1].reached == cursor{epoch, 5});
  bench.publish_readings(1); // nobody waits for it
  CHECK(got.pages.size() == 2);
  CHECK(got.failures == 0);
}

TEST_CASE("of one actor one question waits for events: another one replaces it") {
  hub_bench bench;
  answers got;
  answers of_others;
  auto reader = bench.world.system.spawn(asks_for_news, bench.it, &got);
  auto other = bench.world.system.spawn(asks_for_news, bench.it, &of_others);
  for (const auto& who : {reader, other, reader, reader}) {
    caf::anon_send(who, cursor{epoch, 0});
    bench.world.run();
  }
  CHECK(got.failures == 2);
  bench.publish_readings(1);
  CHECK(got.pages.size() == 1);
  CHECK(of_others.pages.size() == 1);
  CHECK(of_others.failures == 0);
}

TEST_CASE("who waits for events and dies costs nobody anything") {
  hub_bench bench;
  answers got;
  bench.subscribe(bench.subscriber(bench.told));
  auto dying = bench.world.system.spawn(asks_for_news, bench.it, &got);
  caf::anon_send(dying, cursor{epoch, 0});
  bench.world.run();
  caf::anon_send_exit(dying, caf::exit_reason::kill);
  bench.publish_readings(1);
  CHECK(numbers(bench.told) == seqs{1});
  CHECK(got.pages.empty());
}

TEST_CASE("a subscriber that dies is forgotten, the others go on") {
  hub_bench bench;
  auto dying = bench.subscriber(bench.others);
  bench.subscribe(dying);
  bench.subscribe(bench.subscriber(bench.told));
  caf::anon_send_exit(dying, caf::exit_reason::kill);
  bench.world.run();
  bench.publish_readings(1);
  CHECK(numbers(bench.told) == seqs{1});
  CHECK(bench.others.news.empty());
  CHECK(number(status_of(bench.world, bench.it), "subscribing_actors") == 1);
}

TEST_CASE("the status of the hub counts what it numbered, holds and sent") {
  hub_bench bench{10};
  bench.subscribe(bench.subscriber(bench.told));
  bench.publish_readings(25);
  auto status = status_of(bench.world, bench.it);
  CHECK(number(status, "epoch") == epoch);
  CHECK(number(status, "seq") == 25);
  CHECK(number(status, "ring/events") == 10);
  CHECK(number(status, "sent") == 25);
}
