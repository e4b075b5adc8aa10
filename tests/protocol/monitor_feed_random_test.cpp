#include "protocol/monitor_feed.hpp"
#include "protocol/replay.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <random>

using namespace xylem;

namespace {

constexpr std::size_t ring_room = 600;   // of the gateway's hub
constexpr std::size_t memory_room = 200; // of the gate

/// A gateway: one life after the other, and all that each has told. It may have a record.
class gateway_model {
public:
  explicit gateway_model(bool records) : records_{records} { start(); }

  void start() {
    lives_.emplace_back();
    ring_.emplace(lives_.size(), ring_room, std::size_t{1} << 30);
  }

  void tell(event what) { lives_.back().push_back(ring_->push(std::move(what))); }

  event_page answer(cursor from, const subscriber_filter& filter, std::size_t max_events) const {
    replay_query asked{from, filter, max_events};
    auto page = read_page(*ring_, asked, {});
    if (needs_record(page) && records_ && from.epoch >= 1 && from.epoch <= lives_.size())
      page = joined(asked, page, recorded(asked));
    return {.gap = page.gap, .events = page.events, .reached = page.reached, .newest = page.newest};
  }

  cursor newest() const { return ring_->newest(); }
  const std::vector<event>& life(std::uint64_t epoch) const { return lives_.at(epoch - 1); }

private:
  replay_page recorded(const replay_query& asked) const {
    replay_page page{.reached = *asked.from};
    while (page.reached.seq == life(page.reached.epoch).size()
           && page.reached.epoch < lives_.size())
      page.reached = {page.reached.epoch + 1, 0};
    const auto& all = life(page.reached.epoch);
    auto end = std::min<std::size_t>(all.size(), page.reached.seq + asked.max_events);
    for (; page.reached.seq < end; ++page.reached.seq)
      if (asked.filter.matches(all[page.reached.seq]))
        page.events.push_back(all[page.reached.seq]);
    return page;
  }

  bool records_;
  std::vector<std::vector<event>> lives_;
  std::optional<event_ring> ring_;
};

/// A monitor, which checks what it is told against what the gateway has told.
class witness {
public:
  witness(const gateway_model& gateway, const monitor_subscription& wanted)
      : gateway_{gateway}, filter_{wanted.filter},
        coalesces_{wanted.policy == subscriber_policy::latest} {}

  void begin(cursor at) { at_ = at; }
  void grant(std::uint32_t events) { credit_ += events; }
  void connect() { credit_ = 0; }

  void take(const event_page& page) {
    REQUIRE(page.events.size() <= monitor_limits::page_events);
    REQUIRE(page.events.size() <= credit_);
    credit_ -= page.events.size();
    sent += page.events.size();
    if (page.gap)
      take_gap(gap_of(*page.gap).value(), page.reached.epoch);
    while (at_.epoch < page.reached.epoch)
      end_life();
    REQUIRE(page.reached.epoch == at_.epoch);
    auto next = page.events.begin();
    for (auto seq = at_.seq + 1; seq <= page.reached.seq; ++seq) {
      const auto& was = gateway_.life(at_.epoch).at(seq - 1);
      if (next != page.events.end() && next->seq == seq)
        REQUIRE(*next++ == was);
      else if (filter_.matches(was))
        check_superseded(was, page.events);
    }
    REQUIRE(next == page.events.end());
    at_ = page.reached;
  }

  cursor at() const { return at_; }

  std::uint64_t sent = 0;
  std::uint64_t coalesced = 0;
  std::uint64_t missed = 0;
  std::uint64_t gaps = 0;

private:
  /// Exactly what lies between what it had and what comes.
  void take_gap(const told_gap& lost, std::uint64_t epoch) {
    ++gaps;
    missed += lost.count;
    auto is_other = lost.reason == "other epoch";
    REQUIRE(is_other == (epoch != at_.epoch));
    REQUIRE(lost.from > (is_other ? 0 : at_.seq));
    for (auto seq = is_other ? 1 : at_.seq + 1; seq < lost.from; ++seq)
      REQUIRE_FALSE(filter_.matches(gateway_.life(epoch).at(seq - 1)));
    REQUIRE(lost.count == lost.to + 1 - lost.from);
    at_ = {epoch, lost.to};
  }

  /// Without a gap: there was nothing more of that life.
  void end_life() {
    const auto& life = gateway_.life(at_.epoch);
    for (auto seq = at_.seq + 1; seq <= life.size(); ++seq)
      REQUIRE_FALSE(filter_.matches(life[seq - 1]));
    at_ = {at_.epoch + 1, 0};
  }

  void check_superseded(const event& was, const std::vector<event>& by) {
    ++coalesced;
    REQUIRE(coalesces_);
    REQUIRE(was.kind == event_kind::reading);
    REQUIRE(std::ranges::any_of(by, [&](const event& newer) {
      return newer.seq > was.seq && newer.kind == was.kind && newer.node == was.node;
    }));
  }

  const gateway_model& gateway_;
  subscriber_filter filter_;
  bool coalesces_;
  cursor at_{};
  std::uint64_t credit_ = 0;
};

/// A gateway, its gate and one monitor; what is under way between them comes late, in order.
class feed_world {
public:
  feed_world(unsigned seed, monitor_subscription wanted, bool records)
      : random_{seed}, wanted_{std::move(wanted)}, gateway_{records},
        witness_{gateway_, wanted_} {
    followed_ = gateway_.newest();
    connect();
  }

  void step() {
    switch (random_() % 12) {
      case 0: case 1: tell(random_() % 40); break;
      case 2: tell(random_() % 20 == 0 ? 900 : 5); break;
      case 3: case 4: follow(); break;
      case 5: case 6: run_gate(); break;
      case 7: case 8: answer(); break;
      case 9: case 10: grant(static_cast<std::uint32_t>(random_() % 60)); break;
      default:
        if (random_() % 40 == 0)
          gateway_.start();
        else if (random_() % 40 == 0)
          connect(); // it lost its connection, and comes again
    }
    send();
  }

  void settle() {
    for (auto turns = 0; turns < 10'000; ++turns) {
      grant(600);
      follow();
      run_gate();
      answer();
      send();
      if (feed_->position() == gateway_.newest() && memory_.reached() == gateway_.newest())
        return;
    }
    FAIL("it never comes to rest");
  }

  const witness& monitor() const { return witness_; }
  std::uint64_t disconnected() const { return disconnected_; }
  std::uint64_t lives() const { return gateway_.newest().epoch; }

  void check_sums() {
    auto sums = feed_->counters(memory_);
    REQUIRE(sums.sent == witness_.sent - before_.sent);
    REQUIRE(sums.missed == witness_.missed - before_.missed);
    if (feed_->position() == witness_.at())
      REQUIRE(sums.coalesced == witness_.coalesced - before_.coalesced);
    REQUIRE(sums.matched() == sums.sent + sums.coalesced + sums.missed + behind());
  }

private:
  /// What matches behind the feed, and is held.
  std::uint64_t behind() const {
    std::uint64_t count = 0;
    auto at = feed_->position().value();
    if (at.epoch != memory_.reached().epoch || at.seq < memory_.begin().seq)
      return 0;
    for (auto seq = at.seq + 1; seq <= memory_.reached().seq; ++seq)
      count += wanted_.filter.matches(gateway_.life(at.epoch).at(seq - 1));
    return count;
  }

  void tell(std::size_t count) {
    for (; count > 0; --count)
      gateway_.tell({.node = {static_cast<std::uint16_t>(random_() % 8)},
                     .kind = random_() % 3 == 0 ? event_kind::message : event_kind::reading});
  }

  /// The gateway feeds its gate.
  void follow() {
    auto page = gateway_.answer(followed_, {}, 1 + random_() % 300);
    followed_ = page.reached;
    pages_.push_back(std::move(page));
  }

  void run_gate() {
    while (!pages_.empty()) {
      memory_.take(std::move(pages_.front()));
      pages_.pop_front();
      send();
      if (random_() % 3 == 0)
        return;
    }
  }

  void answer() {
    if (auto asked = std::exchange(asked_, std::nullopt)) {
      if (random_() % 10 == 0)
        return feed_->replay_failed();
      REQUIRE(asked->max_events <= monitor_limits::page_events);
      feed_->replayed(gateway_.answer(asked->from, asked->filter, asked->max_events));
    }
  }

  void grant(std::uint32_t events) {
    feed_->grant(events);
    witness_.grant(events);
  }

  void send() {
    if (feed_->must_disconnect(memory_)) {
      ++disconnected_;
      connect();
    }
    while (auto page = feed_->next_page(memory_)) {
      witness_.take(*page);
      if (feed_->has_all_of(memory_))
        check_that_nothing_is_left();
    }
    if (auto asked = feed_->wanted_replay(memory_))
      asked_ = asked;
    if (memory_.is_fed())
      check_sums();
  }

  void check_that_nothing_is_left() const {
    auto later = *feed_;
    REQUIRE_FALSE(later.next_page(memory_));
    REQUIRE_FALSE(later.wanted_replay(memory_));
    REQUIRE_FALSE(later.must_disconnect(memory_));
  }

  /// With its cursor, if it has one.
  void connect() {
    auto wanted = wanted_;
    if (witness_.at() != cursor{})
      wanted.from = witness_.at();
    feed_.emplace(wanted, memory_);
    asked_.reset();
    before_ = witness_;
    witness_.connect();
    if (!wanted.from)
      witness_.begin(memory_.is_fed() ? memory_.newest() : followed_);
  }

  struct before {
    before& operator=(const witness& of) {
      sent = of.sent;
      coalesced = of.coalesced;
      missed = of.missed;
      return *this;
    }
    std::uint64_t sent = 0, coalesced = 0, missed = 0;
  };

  std::mt19937 random_;
  monitor_subscription wanted_;
  gateway_model gateway_;
  witness witness_;
  gate_memory memory_{memory_room, std::size_t{1} << 30};
  std::optional<monitor_feed> feed_;
  cursor followed_;
  std::deque<event_page> pages_;
  std::optional<gate_replay> asked_;
  before before_;
  std::uint64_t disconnected_ = 0;
};

struct totals {
  std::uint64_t sent = 0, coalesced = 0, missed = 0, gaps = 0, disconnected = 0, lives = 0;
};

totals run_all(const monitor_subscription& wanted, bool records) {
  totals sums;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    feed_world world{seed, wanted, records};
    for (auto i = 0; i < 1000; ++i)
      world.step();
    world.settle();
    const auto& monitor = world.monitor();
    sums.sent += monitor.sent;
    sums.coalesced += monitor.coalesced;
    sums.missed += monitor.missed;
    sums.gaps += monitor.gaps;
    sums.disconnected += world.disconnected();
    sums.lives += world.lives();
  }
  return sums;
}

} // namespace

TEST_CASE("monitor feed: each event comes once and in order, or is in one gap, whatever happens") {
  for (auto policy : {subscriber_policy::disconnect, subscriber_policy::drop_oldest,
                      subscriber_policy::latest})
    for (auto filtered : {false, true}) {
      CAPTURE(to_string(policy));
      CAPTURE(filtered);
      monitor_subscription wanted{.policy = policy};
      if (filtered)
        wanted.filter.kinds = {event_kind::message};
      auto sums = run_all(wanted, false);
      CHECK(sums.sent > 10'000); // or it was no test
      CHECK(sums.gaps > 20);
      CHECK(sums.missed > 1000);
      CHECK(sums.lives > 40);
      CHECK((sums.disconnected > 10) == (policy == subscriber_policy::disconnect));
      CHECK((sums.coalesced > 1000) == (policy == subscriber_policy::latest && !filtered));
    }
}

TEST_CASE("monitor feed: with a record nothing is missed, over any new epoch") {
  for (auto policy : {subscriber_policy::drop_oldest, subscriber_policy::latest})
    for (auto filtered : {false, true}) {
      monitor_subscription wanted{.policy = policy};
      if (filtered)
        wanted.filter.kinds = {event_kind::message};
      auto sums = run_all(wanted, true);
      CHECK(sums.sent > 10'000);
      CHECK(sums.gaps == 0);
      CHECK(sums.lives > 40);
    }
}
