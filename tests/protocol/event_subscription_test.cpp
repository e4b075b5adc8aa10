#include "protocol/event_subscription.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

constexpr std::uint64_t epoch = 5;

using events_message = event_subscription::events_message;
using snapshot_message = event_subscription::snapshot_message;
using numbers = std::vector<std::uint64_t>;

event message(std::uint64_t seq) { return {.seq = seq, .kind = event_kind::message}; }

event gap(std::uint64_t from, std::uint64_t to) {
  return make_gap_event({from, to, to - from + 1, "overwritten"}, {});
}

subscribe_request resuming(std::uint64_t seq) { return {.from = cursor{epoch, seq}}; }

numbers seqs(const events_message& news) {
  numbers all;
  for (const auto& what : news.events)
    all.push_back(what.seq);
  return all;
}

events_message events_of(event_subscription& from, std::size_t most = 100) {
  auto next = from.next(most);
  REQUIRE(std::holds_alternative<events_message>(next));
  return std::get<events_message>(std::move(next));
}

snapshot_message page_of(event_subscription& from) {
  auto next = from.next(100);
  REQUIRE(std::holds_alternative<snapshot_message>(next));
  return std::get<snapshot_message>(std::move(next));
}

bool has_nothing(event_subscription& from) {
  return std::holds_alternative<std::monostate>(from.next(100));
}

/// Follows what is published after `seq`.
event_subscription following(std::uint64_t seq, subscriber_policy policy = {}) {
  event_subscription made{{.policy = policy, .snapshot = false}, 1};
  REQUIRE(made.wanted_replay());
  made.replayed({.reached = {epoch, seq}, .complete = true});
  return made;
}

/// One whose first page of the replay has come.
event_subscription begun(subscribe_request wanted, std::size_t meshes = 1) {
  event_subscription made{std::move(wanted), meshes};
  REQUIRE(made.wanted_replay());
  made.replayed({.reached = {epoch, 1}, .complete = true});
  return made;
}

} // namespace

TEST_CASE("a subscription without a cursor begins at the newest event") {
  event_subscription it{{}, 1};
  auto asked = it.wanted_replay();
  REQUIRE(asked);
  CHECK_FALSE(asked->from);
  CHECK_FALSE(it.begin());
  it.replayed({.reached = {epoch, 41}, .complete = true});
  CHECK(it.begin() == cursor{epoch, 41});
  CHECK(it.offer(epoch, message(42)));
  auto news = events_of(it);
  CHECK(seqs(news) == numbers{42});
  CHECK(news.seen == cursor{epoch, 42});
}

TEST_CASE("a subscription with a cursor begins there, and what it missed comes first") {
  event_subscription it{resuming(3), 1};
  CHECK(it.wanted_replay()->from == cursor{epoch, 3});
  it.offer(epoch, message(6)); // is in the replay, too
  it.replayed({.events = {message(4), message(5), message(6)},
               .reached = {epoch, 6},
               .complete = true});
  it.offer(epoch, message(6)); // was under way when the hub answered
  it.offer(epoch, message(7));
  CHECK(it.begin() == cursor{epoch, 3});
  CHECK(seqs(events_of(it)) == numbers{4, 5, 6, 7});
}

TEST_CASE("a replay is asked for once, and its next page when the one before was taken") {
  event_subscription it{resuming(0), 1};
  CHECK(it.wanted_replay());
  CHECK_FALSE(it.wanted_replay());
  it.replayed({.events = {message(1)}, .reached = {epoch, 1}, .complete = false});
  CHECK_FALSE(it.wanted_replay());
  events_of(it);
  CHECK(it.wanted_replay()->from == cursor{epoch, 1});
  it.replayed({.reached = {epoch, 2}, .complete = true});
  CHECK_FALSE(it.wanted_replay());
}

TEST_CASE("a hub that does not answer is asked again") {
  event_subscription it{{}, 1};
  CHECK(it.wanted_replay());
  it.replay_failed();
  CHECK(it.wanted_replay());
}

TEST_CASE("an answer that was not asked for changes nothing") {
  event_subscription it{{.snapshot = false}, 1};
  it.replayed({.events = {message(9)}, .reached = {epoch, 9}, .complete = true});
  CHECK(has_nothing(it));
  CHECK_FALSE(it.begin());
  it.page_arrived({}, "\"nodes\":[1]");
  CHECK(has_nothing(it));
}

TEST_CASE("the cursor passes what does not match, so that it need not be looked at again") {
  event_subscription it{{.filter = {.kinds = {event_kind::message}}, .snapshot = false}, 1};
  it.wanted_replay();
  it.replayed({.reached = {epoch, 0}, .complete = true});
  it.offer(epoch, message(1));
  it.offer(epoch, {.seq = 2, .kind = event_kind::reading});
  auto news = events_of(it);
  CHECK(seqs(news) == numbers{1});
  CHECK(news.seen == cursor{epoch, 2});
}

TEST_CASE("the cursor of a message is before what still waits") {
  auto it = following(0);
  for (std::uint64_t seq = 1; seq <= 3; ++seq)
    it.offer(epoch, message(seq));
  CHECK(events_of(it, 2).seen == cursor{epoch, 2});
  CHECK(events_of(it, 2).seen == cursor{epoch, 3});
}

TEST_CASE("events of a hub that is no more are not mixed with those of the new one") {
  auto it = following(10);
  it.offer(epoch, message(11));
  it.hub_restarted();
  it.offer(epoch, message(12)); // was under way
  it.offer(epoch + 1, message(1));
  CHECK_FALSE(it.wanted_replay()); // what waits is told under its own epoch first
  CHECK(events_of(it).seen == cursor{epoch, 11});
  CHECK(it.wanted_replay()->from == cursor{epoch, 11});
  it.replayed({.gap = gap(1, 0),
               .events = {message(1), message(2)},
               .reached = {epoch + 1, 2},
               .complete = true});
  auto told = events_of(it);
  CHECK(told.events.at(0).kind == event_kind::gap);
  CHECK(told.seen == cursor{epoch + 1, 0});
  CHECK(seqs(events_of(it)) == numbers{1, 2});
}

TEST_CASE("a queue that is full is handled by the policy") {
  constexpr auto room = limits::subscriber_queue_events;
  for (auto policy : {subscriber_policy::drop_oldest, subscriber_policy::disconnect}) {
    auto it = following(0, policy);
    for (std::uint64_t seq = 1; seq <= room; ++seq)
      REQUIRE(it.offer(epoch, message(seq)));
    auto stays = policy == subscriber_policy::drop_oldest;
    CHECK(it.offer(epoch, message(room + 1)) == stays);
    CHECK(it.counters().published == room + 1);
    CHECK(it.counters().dropped == 1);
    auto first = events_of(it, 1).events.at(0);
    CHECK((first.kind == event_kind::gap) == stays);
  }
}

// -- snapshots

TEST_CASE("there is a snapshot without a cursor, not with one, and always or never if so wanted") {
  CHECK(begun({}).wanted_page());
  CHECK_FALSE(begun(resuming(1)).wanted_page());
  CHECK_FALSE(begun({.snapshot = false}).wanted_page());
  auto wanted = resuming(1);
  wanted.snapshot = true;
  CHECK(begun(wanted).wanted_page());
}

TEST_CASE("no page is asked for before it is known where the events begin") {
  event_subscription it{{}, 1};
  CHECK_FALSE(it.wanted_page());
  it.wanted_replay();
  it.replay_failed(); // what was published meanwhile would be in neither
  CHECK_FALSE(it.wanted_page());
  it.wanted_replay();
  it.replayed({.reached = {epoch, 7}, .complete = true});
  CHECK(it.wanted_page());
}

TEST_CASE("a snapshot has the pages of every mesh that is wanted, and tells which is the last") {
  auto it = begun(
    {.filter = {.meshes = selection<mesh_index>{{mesh_index{0}, mesh_index{2}}}}}, 4);
  auto first = it.wanted_page();
  REQUIRE(first);
  CHECK(first->mesh == mesh_index{0});
  CHECK_FALSE(first->query.cursor);
  CHECK(first->query.about == json_query::subject::snapshot);
  it.page_arrived({.next = 100}, "\"nodes\":[1]");
  CHECK_FALSE(it.wanted_page()); // one at a time
  auto page = page_of(it);
  CHECK(page.nodes == "\"nodes\":[1]");
  CHECK_FALSE(page.last);

  CHECK(it.wanted_page()->query.cursor == 100);
  it.page_arrived({}, "\"nodes\":[2]");
  CHECK_FALSE(page_of(it).last);
  auto other = it.wanted_page();
  REQUIRE(other);
  CHECK(other->mesh == mesh_index{2});
  CHECK_FALSE(other->query.cursor);
  it.page_arrived({}, "\"nodes\":[3]");
  page = page_of(it);
  CHECK(page.mesh == mesh_index{2});
  CHECK(page.last);
  CHECK_FALSE(it.wanted_page());
}

TEST_CASE("a snapshot is narrowed by nodes and types as the events are") {
  subscriber_filter filter{.nodes = selection<node_address>{{node_address{5}}},
                           .codes = selection<type_code>{{type_code{"GPS"}}}};
  auto it = begun({.filter = filter});
  auto page = it.wanted_page();
  REQUIRE(page);
  CHECK(page->query.nodes == filter.nodes);
  CHECK(page->query.codes == filter.codes);
}

TEST_CASE("a mesh whose cache does not answer has an empty page, and the next one follows") {
  auto it = begun({}, 2);
  it.wanted_page();
  it.page_arrived({.failed = problem{problem_kind::timeout}}, {});
  auto page = page_of(it);
  CHECK(page.nodes == "\"nodes\":[]");
  CHECK_FALSE(page.last);
  CHECK(it.wanted_page()->mesh == mesh_index{1});
}

TEST_CASE("a page goes before the events that came after it") {
  event_subscription it{{}, 1};
  it.wanted_replay();
  it.replayed({.reached = {epoch, 0}, .complete = true});
  it.wanted_page();
  it.offer(epoch, message(1));
  it.page_arrived({}, "\"nodes\":[1]");
  it.offer(epoch, message(2));
  page_of(it);
  CHECK(seqs(events_of(it)) == numbers{1, 2});
}

TEST_CASE("a gap comes first, then a whole snapshot, whatever there was of one before") {
  event_subscription it{{}, 1};
  it.wanted_replay();
  it.replayed({.reached = {epoch, 9}, .complete = true});
  it.wanted_page();
  it.page_arrived({.next = 1}, "\"nodes\":[\"old\"]"); // waits, and will be out of date
  it.hub_restarted();
  it.wanted_replay();
  it.replayed({.gap = gap(1, 3),
               .events = {message(4)},
               .reached = {epoch + 1, 4},
               .complete = true});
  CHECK(events_of(it).events.at(0).kind == event_kind::gap);
  auto again = it.wanted_page();
  REQUIRE(again);
  CHECK_FALSE(again->query.cursor);
  it.page_arrived({}, "\"nodes\":[\"new\"]");
  CHECK(page_of(it).nodes == "\"nodes\":[\"new\"]");
  CHECK(seqs(events_of(it)) == numbers{4});
}

TEST_CASE("a page that was under way when the gap came is not sent") {
  event_subscription it{{}, 1};
  it.wanted_page();
  it.wanted_replay();
  it.replayed({.gap = gap(1, 3), .reached = {epoch, 3}, .complete = true});
  it.page_arrived({}, "\"nodes\":[\"old\"]");
  events_of(it); // the gap
  CHECK(has_nothing(it));
  CHECK(it.wanted_page());
  it.page_arrived({}, "\"nodes\":[\"new\"]");
  CHECK(page_of(it).last);
}

TEST_CASE("who was too slow gets a snapshot, too, once it has caught up") {
  for (auto wanted : {true, false}) {
    auto request = resuming(0);
    if (!wanted)
      request.snapshot = false;
    event_subscription it{request, 1};
    it.wanted_replay();
    it.replayed({.reached = {epoch, 0}, .complete = true});
    for (std::uint64_t seq = 1; seq <= limits::subscriber_queue_events + 1; ++seq)
      it.offer(epoch, message(seq));
    CHECK(events_of(it, 1).events.at(0).kind == event_kind::gap);
    CHECK_FALSE(it.wanted_page());
    events_of(it, limits::subscriber_queue_events);
    CHECK(it.wanted_page().has_value() == wanted);
  }
}

TEST_CASE("who wants no snapshot gets none after a gap") {
  auto it = following(0);
  it.hub_restarted();
  it.wanted_replay();
  it.replayed({.gap = gap(1, 3), .reached = {epoch + 1, 3}, .complete = true});
  events_of(it);
  CHECK_FALSE(it.wanted_page());
}
