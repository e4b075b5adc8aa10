#include "protocol/command_ledger.hpp"
#include "protocol/saved_state.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr instant t0{mono_time{24h}, wall_time{1'700'000'000'000ms}};

instant after(std::chrono::milliseconds span) {
  return {t0.mono + span, t0.wall + span};
}

command send(std::uint16_t node, std::size_t size = 3) {
  return {command_kind::send, node_address{node}, bytes(size, std::byte{'x'})};
}

const command ask_network{command_kind::network_info, {}, {}};

command_ledger connected(ledger_settings settings = {}) {
  command_ledger ledger{settings};
  ledger.link_up();
  return ledger;
}

command_id accepted(const std::variant<command_id, failure>& answer) {
  REQUIRE(std::holds_alternative<command_id>(answer));
  return std::get<command_id>(answer);
}

std::vector<command_id> ids_of(const std::vector<command_record>& records) {
  std::vector<command_id> ids;
  for (const auto& record : records)
    ids.push_back(record.id);
  return ids;
}

using ids = std::vector<command_id>;

} // namespace

TEST_CASE("commands are numbered from 1 and wait until they are written") {
  auto ledger = connected();
  CHECK(accepted(ledger.accept(send(7), t0)) == command_id{1});
  CHECK(accepted(ledger.accept(send(8), t0)) == command_id{2});
  CHECK(ledger.find({1})->state == command_state::accepted);
  const auto* record = ledger.written({1}, after(20ms));
  REQUIRE(record);
  CHECK(record->state == command_state::written);
  CHECK(record->what == send(7));
  CHECK(record->accepted == t0);
  CHECK(record->finished == after(20ms).wall);
  CHECK(ledger.counters() == command_counters{.accepted = 2, .waiting = 1, .written = 1});
}

TEST_CASE("the ledgers of a process share the numbers without meeting") {
  auto first = connected({.first_id = 1, .id_step = 2});
  auto second = connected({.first_id = 2, .id_step = 2});
  CHECK(accepted(first.accept(send(1), t0)) == command_id{1});
  CHECK(accepted(second.accept(send(1), t0)) == command_id{2});
  CHECK(accepted(first.accept(send(1), t0)) == command_id{3});
  CHECK(accepted(second.accept(send(1), t0)) == command_id{4});
  CHECK(first.written({3}, t0));
  CHECK_FALSE(first.written({2}, t0));
}

TEST_CASE("without a link a command is refused, not kept") {
  command_ledger ledger;
  CHECK(std::get<failure>(ledger.accept(send(7), t0)) == failure::no_serial_connection);
  ledger.link_up();
  accepted(ledger.accept(send(7), t0));
  ledger.link_down();
  CHECK(std::get<failure>(ledger.accept(send(7), t0)) == failure::no_serial_connection);
  CHECK(ledger.counters() == command_counters{.accepted = 1, .waiting = 1, .refused = 2});
}

TEST_CASE("a message of 255 bytes is taken, a longer one is refused and never cut") {
  auto ledger = connected();
  auto id = accepted(ledger.accept(send(7, 255), t0)); // wire §3: one length byte
  CHECK(ledger.find(id)->what.message.size() == 255);
  CHECK(std::get<failure>(ledger.accept(send(7, 256), t0)) == failure::message_too_long);
}

TEST_CASE("the queue is bounded by commands") {
  auto ledger = connected({.commands = 2});
  accepted(ledger.accept(send(1), t0));
  accepted(ledger.accept(send(2), t0));
  CHECK(std::get<failure>(ledger.accept(send(3), t0)) == failure::queue_full);
  ledger.written({1}, t0);
  accepted(ledger.accept(send(3), t0));
}

TEST_CASE("the queue is bounded by bytes") {
  CHECK(command_size(send(1, 11)) == 20); // SEND- 5, address 2, length 1, message 11, 0A 1
  auto ledger = connected({.bytes = 40});
  accepted(ledger.accept(send(1, 11), t0));
  accepted(ledger.accept(send(1, 11), t0));
  CHECK(std::get<failure>(ledger.accept(ask_network, t0)) == failure::queue_full);
  CHECK(ledger.waiting_bytes() == 40);
  ledger.fail({2}, failure::timeout, t0);
  CHECK(ledger.waiting_bytes() == 20);
  accepted(ledger.accept(ask_network, t0));
}

TEST_CASE("a new link gets what waits, in order, without what was written") {
  auto ledger = connected();
  for (std::uint16_t node = 1; node <= 4; ++node)
    accepted(ledger.accept(send(node), t0));
  ledger.written({2}, t0);
  ledger.link_down();
  auto again = ledger.link_up();
  CHECK(ids_of(again) == ids{{1}, {3}, {4}});
  CHECK(again[1].what == send(3));
}

TEST_CASE("a uart that was replaced unnoticed gets everything again too") {
  auto ledger = connected();
  accepted(ledger.accept(send(1), t0));
  CHECK(ids_of(ledger.link_up()) == ids{{1}});
  CHECK(ids_of(ledger.link_up()) == ids{{1}});
}

TEST_CASE("a command expires at its deadline, with the link or without it") {
  auto ledger = connected({.ttl = 10s});
  accepted(ledger.accept(send(1), t0));
  accepted(ledger.accept(send(2), after(4s)));
  ledger.link_down();
  CHECK(ledger.next_deadline() == after(10s).mono);
  CHECK(ledger.find({1})->deadline == after(10s));
  CHECK(ledger.expire(after(9'999ms)).empty());
  auto expired = ledger.expire(after(10s));
  REQUIRE(ids_of(expired) == ids{{1}});
  CHECK(expired[0].state == command_state::expired);
  CHECK(ledger.next_deadline() == after(14s).mono);
  CHECK(ids_of(ledger.link_up()) == ids{{2}});
}

TEST_CASE("a jump of the wall clock expires nothing") {
  auto ledger = connected({.ttl = 10s});
  accepted(ledger.accept(send(1), t0));
  CHECK(ledger.expire({t0.mono + 1s, t0.wall + 24h}).empty());
}

TEST_CASE("there is no deadline when nothing waits") {
  auto ledger = connected();
  CHECK_FALSE(ledger.next_deadline());
  accepted(ledger.accept(send(1), t0));
  ledger.written({1}, t0);
  CHECK_FALSE(ledger.next_deadline());
  CHECK(ledger.expire(after(1h)).empty());
}

TEST_CASE("an expired command that was in a burst counts as written: that is the truth") {
  auto ledger = connected();
  accepted(ledger.accept(send(1), t0));
  ledger.expire(after(10s));
  CHECK(ledger.counters() == command_counters{.accepted = 1, .expired = 1});
  REQUIRE(ledger.written({1}, after(10'001ms)));
  CHECK(ledger.find({1})->state == command_state::written);
  CHECK(ledger.counters() == command_counters{.accepted = 1, .written = 1});
}

TEST_CASE("a command is finished once") {
  auto ledger = connected();
  for (std::uint16_t node = 1; node <= 2; ++node)
    accepted(ledger.accept(send(node), t0));
  CHECK(ledger.written({1}, t0));
  CHECK_FALSE(ledger.written({1}, t0));
  CHECK_FALSE(ledger.fail({1}, failure::timeout, t0));
  CHECK(ledger.fail({2}, failure::not_available, t0)->reason == failure::not_available);
  CHECK_FALSE(ledger.fail({2}, failure::timeout, t0));
  CHECK_FALSE(ledger.written({2}, t0)); // a failed one was never given to a burst
  CHECK_FALSE(ledger.written({99}, t0));
  CHECK(ledger.counters() == command_counters{.accepted = 2, .written = 1, .failed = 1});
}

TEST_CASE("the gateway's own command passes a full queue") {
  auto ledger = connected({.commands = 1});
  accepted(ledger.accept(send(1), t0));
  auto id = ledger.accept_own(ask_network, t0);
  REQUIRE(id);
  CHECK(ledger.find(*id)->origin == command_origin::gateway);
  CHECK(ledger.find({1})->origin == command_origin::client);
}

TEST_CASE("the gateway's own command waits once, however often the root restarts") {
  auto ledger = connected();
  auto id = ledger.accept_own(ask_network, t0);
  REQUIRE(id);
  CHECK_FALSE(ledger.accept_own(ask_network, t0));
  ledger.written(*id, t0);
  CHECK(ledger.accept_own(ask_network, t0));
}

TEST_CASE("a client's question does not stand for the gateway's own") {
  auto ledger = connected();
  accepted(ledger.accept(ask_network, t0));
  CHECK(ledger.accept_own(ask_network, t0));
}

TEST_CASE("the gateway's own command needs the link too") {
  command_ledger ledger;
  CHECK_FALSE(ledger.accept_own(ask_network, t0));
  CHECK(ledger.counters() == command_counters{});
}

TEST_CASE("the finished commands that can be found are bounded, the oldest are forgotten first") {
  auto ledger = connected({.finished = 3});
  for (std::uint64_t id = 1; id <= 5; ++id) {
    accepted(ledger.accept(send(1), t0));
    ledger.written({id}, t0);
  }
  CHECK_FALSE(ledger.find({2}));
  CHECK(ledger.find({3}));
  CHECK(ledger.find({5}));
  CHECK_FALSE(ledger.find({6}));
  CHECK(ledger.counters() == command_counters{.accepted = 5, .written = 5});
}

// -- an earlier life

namespace {

/// As it comes out of a snapshot.
command_record was(std::uint64_t id, command_state state, std::chrono::milliseconds left = 5s) {
  command_record record{
      .id = {id}, .what = send(7), .state = state, .accepted = t0, .deadline = after(left)};
  if (state != command_state::accepted)
    record.finished = t0.wall;
  return record;
}

} // namespace

TEST_CASE("a command that waited in an earlier life goes on waiting, and counts as accepted") {
  command_ledger ledger;
  ledger.restore(was(3, command_state::accepted));
  ledger.restore(was(5, command_state::accepted, 7s));
  CHECK(ledger.counters() == command_counters{.accepted = 2, .waiting = 2});
  CHECK(ledger.waiting_bytes() == 2 * command_size(send(7)));
  CHECK(ids_of(ledger.link_up()) == ids{{3}, {5}});
  CHECK(ids_of(ledger.expire(after(5s))) == ids{{3}});
  CHECK(ledger.written({5}, after(6s)));
  CHECK(ledger.counters() == command_counters{.accepted = 2, .written = 1, .expired = 1});
  CHECK(ledger.waiting_bytes() == 0);
}

TEST_CASE("a command that was finished in an earlier life is found and not counted") {
  auto ledger = connected({.finished = 2});
  for (std::uint64_t id : {1u, 2u, 3u})
    ledger.restore(was(id, command_state::written));
  CHECK_FALSE(ledger.find({1}));
  REQUIRE(ledger.find({3}));
  CHECK(*ledger.find({3}) == was(3, command_state::written));
  CHECK(ledger.counters() == command_counters{});
}

TEST_CASE("a command that the port may have written is given up: unknown, and never sent again") {
  command_ledger ledger;
  ledger.restore(was(1, command_state::accepted));
  ledger.restore(was(2, command_state::accepted));
  const auto* record = ledger.give_up({1}, after(1s));
  REQUIRE(record);
  CHECK(record->state == command_state::unknown);
  CHECK(record->finished == after(1s).wall);
  CHECK_FALSE(ledger.give_up({1}, after(1s)));
  CHECK(ids_of(ledger.link_up()) == ids{{2}});
  CHECK(ledger.counters() == command_counters{.accepted = 2, .waiting = 1, .unknown = 1});
}

TEST_CASE("numbers go on behind those of an earlier life, in the steps of the ledger") {
  auto ledger = connected({.first_id = 2, .id_step = 3});
  CHECK(ledger.last_id() == command_id{0});
  ledger.number_from({9}); // of any mesh
  CHECK(ledger.last_id() == command_id{9});
  ledger.restore(was(4, command_state::accepted)); // lower ones are taken all the same
  CHECK(ledger.find({4}));
  CHECK(accepted(ledger.accept(send(1), t0)) == command_id{11}); // 2, 5, 8, 11
  CHECK(ledger.last_id() == command_id{11});
  ledger.number_from({10});
  CHECK(accepted(ledger.accept(send(1), t0)) == command_id{14});
  ledger.number_from({14});
  CHECK(accepted(ledger.accept(send(1), t0)) == command_id{17});
}

TEST_CASE("a command that is known is not restored twice") {
  command_ledger ledger;
  ledger.restore(was(1, command_state::accepted));
  ledger.restore(was(1, command_state::accepted));
  CHECK(ledger.counters().waiting == 1);
}

TEST_CASE("deadlines ascend with the numbers even if the clock was set back between two commands") {
  command_ledger ledger;
  ledger.restore(was(1, command_state::accepted, 9s));
  ledger.restore(was(2, command_state::accepted, 1s));
  CHECK(ledger.expire(after(8s)).empty());
  CHECK(ids_of(ledger.expire(after(9s))) == ids{{1}, {2}});
}

TEST_CASE("all commands that can be found are listed by their numbers") {
  auto ledger = connected();
  ledger.restore(was(1, command_state::accepted));
  ledger.restore(was(2, command_state::failed));
  accepted(ledger.accept(send(1), t0));
  ledger.written({1}, t0);
  CHECK(ids_of(ledger.all()) == ids{{1}, {2}, {3}});
}

TEST_CASE("a restored command has what the wall clock leaves it, at most its time to live") {
  saved_command saved{.id = {7}, .what = send(7), .accepted = t0.wall, .deadline = t0.wall + 8s};
  auto left = [&](std::chrono::milliseconds passed) {
    instant now{mono_time{1h}, t0.wall + passed}; // another machine, another monotonic clock
    auto record = restored(saved, now, 10s);
    CHECK(record.deadline.wall == std::min(saved.deadline, now.wall + 10s));
    CHECK(record.accepted.wall == t0.wall);
    return record.deadline.mono - now.mono;
  };
  CHECK(left(0s) == 8s);
  CHECK(left(3s) == 5s);
  CHECK(left(8s) == 0s);
  CHECK(left(24h) == 0s);   // too late: the first look at deadlines tells it
  CHECK(left(-24h) == 10s); // the clock was set back
}

TEST_CASE("a command is saved and restored with everything but its monotonic times") {
  auto record = was(9, command_state::failed);
  record.reason = failure::queue_full;
  record.origin = command_origin::gateway;
  auto again = restored(save(record), t0, 10s);
  CHECK(again == record);
}

TEST_CASE("a finished command has the deadline that it had, in each life that can tell it") {
  auto saved = save(was(9, command_state::written));
  for (std::chrono::milliseconds passed : {-24h, 0h, 24h})
    CHECK(restored(saved, {mono_time{1h}, t0.wall + passed}, 10s).deadline.wall == saved.deadline);
}

TEST_CASE("accepted is always the sum of waiting, written, expired, failed and unknown") {
  for (auto seed = 1u; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    auto ledger = connected({.commands = 8, .bytes = 600, .finished = 16, .ttl = 500ms});
    std::map<std::uint64_t, command_state> expected; // a ledger without bounds
    auto now = t0;
    for (auto step = 0; step < 2'000; ++step) {
      now = {now.mono + std::chrono::milliseconds{below(60)}, now.wall};
      for (const auto& record : ledger.expire(now))
        expected[record.id.value] = command_state::expired;
      auto any = command_id{1 + below(static_cast<unsigned>(expected.size()) + 2)};
      switch (below(8)) {
      case 0: ledger.link_down(); break;
      case 1: ledger.link_up(); break;
      case 2:
        if (const auto* record = ledger.written(any, now))
          expected.at(record->id.value) = command_state::written;
        break;
      case 3:
        if (const auto* record = ledger.fail(any, failure::not_available, now))
          expected.at(record->id.value) = command_state::failed;
        break;
      case 4:
        if (const auto* record = below(4) == 0 ? ledger.give_up(any, now) : nullptr)
          expected.at(record->id.value) = command_state::unknown;
        break;
      case 5:
        if (auto id = ledger.accept_own(ask_network, now))
          expected[id->value] = command_state::accepted;
        break;
      default:
        auto answer = ledger.accept(send(1, below(300)), now);
        if (auto* id = std::get_if<command_id>(&answer))
          expected[id->value] = command_state::accepted;
      }
      auto counters = ledger.counters();
      std::map<command_state, std::uint64_t> sums;
      for (auto [id, state] : expected)
        ++sums[state];
      REQUIRE(counters.accepted == expected.size());
      REQUIRE(counters.waiting == sums[command_state::accepted]);
      REQUIRE(counters.written == sums[command_state::written]);
      REQUIRE(counters.expired == sums[command_state::expired]);
      REQUIRE(counters.failed == sums[command_state::failed]);
      REQUIRE(counters.unknown == sums[command_state::unknown]);
      REQUIRE(counters.accepted
              == counters.waiting + counters.written + counters.expired + counters.failed
                     + counters.unknown);
      REQUIRE(counters.waiting <= 8 + 1); // the gateway's own
      REQUIRE(ledger.waiting_bytes() <= 600 + command_size(ask_network));
    }
  }
}
