#include "protocol/event_subscription.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <random>
#include <set>

using namespace xylem;

namespace {

using events_message = event_subscription::events_message;
using snapshot_message = event_subscription::snapshot_message;

constexpr std::size_t meshes = 3;
constexpr std::uint64_t pages_of_a_mesh = 3;
constexpr std::size_t ring_room = 1500;

/// The hub, and what it has ever told.
struct hub_model {
  explicit hub_model(std::uint64_t epoch) : ring{epoch, ring_room, 1 << 30} {}

  event_ring ring;
  std::vector<event> told{}; // by seq - 1
};

std::uint64_t key_of(const event& what) {
  return std::uint64_t{what.mesh.value} << 16 | what.node.value;
}

/// Someone who notes every message, and checks what the contract says of each (web §3.3).
class witness {
public:
  witness(const std::vector<hub_model>& hubs, const subscribe_request& wanted)
      : hubs_{hubs}, filter_{wanted.filter},
        coalesces_{wanted.policy == subscriber_policy::latest} {}

  void begin(cursor from) {
    if (!at_)
      at_ = from;
    newest_id_ = 0;
    page_ = 0;
  }

  void take(const events_message& news) {
    REQUIRE_FALSE(news.events.empty());
    if (news.seen.epoch != at_->epoch)
      change_epoch(news);
    for (const auto& what : news.events)
      if (auto lost = gap_of(what))
        note(*lost);
      else
        note(what);
    REQUIRE(news.seen.seq >= at_->seq);
    for (auto seq = at_->seq + 1; seq <= news.seen.seq; ++seq)
      check_accounted(seq);
    at_ = news.seen;
  }

  /// `place` counts the pages of a snapshot, `newest` what the caches had emitted when it was made.
  void take(const snapshot_message& page, std::uint64_t place, std::uint64_t newest) {
    if (place == 0 && std::exchange(is_due_, false))
      page_ = 0;
    REQUIRE(place == page_);
    REQUIRE(newest >= newest_id_);
    page_ = place + 1;
    CHECK(page.last == (page_ == meshes * pages_of_a_mesh));
    wants_snapshot_ = !page.last || is_due_;
  }

  void expect_snapshot(bool wanted) {
    wants_snapshot_ = wanted;
    is_due_ = false;
  }

  const std::optional<cursor>& at() const { return at_; }
  bool wants_snapshot() const { return wants_snapshot_; }
  std::uint64_t gaps() const { return gaps_; }
  std::uint64_t received() const { return received_; }

private:
  const hub_model& hub() const { return hubs_.at(epoch_ - 1); }

  void change_epoch(const events_message& news) {
    REQUIRE(news.seen.epoch > at_->epoch);
    auto lost = gap_of(news.events.front());
    REQUIRE(lost);
    REQUIRE(lost->reason == "other epoch");
    at_ = cursor{news.seen.epoch, 0};
    seen_.clear();
    lost_.clear();
  }

  void note(const told_gap& lost) {
    ++gaps_;
    epoch_ = at_->epoch;
    std::uint64_t count = 0;
    for (auto seq = lost.from; seq <= lost.to; ++seq) {
      auto matches = filter_.matches(hub().told.at(seq - 1));
      count += lost.reason != "queue full" || matches;
      lost_.insert(seq);
      if (!coalesces_)
        REQUIRE_FALSE(seen_.contains(seq));
    }
    if (!coalesces_)
      REQUIRE(count == lost.count);
    wants_snapshot_ = true;
    is_due_ = lost.reason == "queue full"; // one that is under way may go on before
    if (!is_due_)
      page_ = 0;
  }

  void note(const event& what) {
    ++received_;
    epoch_ = at_->epoch;
    REQUIRE(what == hub().told.at(what.seq - 1));
    REQUIRE(filter_.matches(what));
    auto fresh = seen_.insert(what.seq).second;
    if (!coalesces_ || what.kind != event_kind::reading)
      REQUIRE(fresh);
    newest_id_ = std::max(newest_id_, what.id);
  }

  /// It came, or a gap told it, or (`latest`) another reading of its node stands for it.
  void check_accounted(std::uint64_t seq) {
    epoch_ = at_->epoch;
    const auto& what = hub().told.at(seq - 1);
    if (!filter_.matches(what) || seen_.contains(seq) || lost_.contains(seq))
      return;
    REQUIRE(coalesces_);
    REQUIRE(what.kind == event_kind::reading);
    auto stands = [&](std::uint64_t other) {
      const auto& newer = hub().told.at(other - 1);
      return newer.kind == event_kind::reading && key_of(newer) == key_of(what);
    };
    REQUIRE((std::any_of(seen_.upper_bound(seq), seen_.end(), stands)
             || std::any_of(lost_.begin(), lost_.end(), stands)));
  }

  const std::vector<hub_model>& hubs_;
  subscriber_filter filter_;
  bool coalesces_;
  std::optional<cursor> at_;
  std::uint64_t epoch_ = 0;
  std::set<std::uint64_t> seen_;
  std::set<std::uint64_t> lost_;
  std::uint64_t newest_id_ = 0; // of this connection
  std::uint64_t page_ = 0;
  bool wants_snapshot_ = false;
  bool is_due_ = false; // a snapshot, once it has caught up
  std::uint64_t gaps_ = 0;
  std::uint64_t received_ = 0;
};

/// Node caches, hub and the owner of one subscription, each with its mailbox. What happens next is
/// by chance; only the order within a mailbox is given, as it is between actors.
class subscription_world {
public:
  subscription_world(unsigned seed, subscribe_request wanted)
      : random_{seed}, wanted_{std::move(wanted)}, witness_{hubs_, wanted_} {
    hubs_.reserve(1000); // the witness looks into it
    hubs_.emplace_back(1);
    connect();
  }

  void step() {
    switch (random_() % 16) {
      case 0: case 1: case 2: emit(random_() % 300); break;
      case 3: case 4: emit(random_() % 4); break;
      case 5: case 6: case 7: run_hub(); break;
      case 8: case 9: case 10: run_server(); break;
      case 11: case 12: case 13:
        if (!is_slow_)
          send();
        break;
      case 14:
        fetch(); // a second is over
        is_slow_ = random_() % 4 != 0 ? is_slow_ : !is_slow_;
        break;
      default:
        if (random_() % 16 == 0)
          restart_hub();
        else if (random_() % 16 == 0)
          connect(); // the client lost its connection: what was under way to it had arrived
    }
  }

  void settle() {
    for (auto turns = 0; turns < 100'000; ++turns) {
      auto idle = hub_mail_.empty() && server_mail_.empty() && !send();
      run_hub();
      run_server();
      fetch();
      if (idle && hub_mail_.empty() && server_mail_.empty())
        return;
    }
    FAIL("it never comes to rest");
  }

  const witness& client() const { return witness_; }
  const hub_model& hub() const { return hubs_.back(); }
  const event_subscription& subscription() const { return *subscription_; }

  void check_sums() const {
    auto sums = subscription_->counters();
    REQUIRE(sums.published
            == sums.delivered + sums.coalesced + sums.dropped + sums.queued);
  }

private:
  struct page_answer {
    std::uint64_t serial;
    std::uint64_t place;
    std::uint64_t newest;
    json_answer answer;
  };
  struct replay_answer {
    std::uint64_t subscription;
    std::optional<replay_page> page;
  };
  struct news {
    std::uint64_t epoch;
    event what;
  };
  struct restarted {};
  struct question {
    std::uint64_t subscription;
    replay_query asked;
  };
  using hub_letter = std::variant<event, question>;
  using server_letter = std::variant<page_answer, replay_answer, news, restarted>;

  void emit(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      event what{.id = ++emitted_,
                 .mesh = {static_cast<std::uint16_t>(random_() % meshes)},
                 .node = {static_cast<std::uint16_t>(random_() % 20)},
                 .code = type_code{"GPS"},
                 .kind = random_() % 3 == 0 ? event_kind::message : event_kind::reading};
      hub_mail_.emplace_back(what);
    }
  }

  void run_hub() {
    for (auto turns = random_() % 400; turns > 0 && !hub_mail_.empty(); --turns) {
      auto letter = std::move(hub_mail_.front());
      hub_mail_.pop_front();
      auto& hub = hubs_.back();
      if (auto what = std::get_if<event>(&letter)) {
        hub.told.push_back(hub.ring.push(*what));
        if (server_follows_)
          server_mail_.emplace_back(news{hub.ring.newest().epoch, hub.told.back()});
      } else {
        const auto& asked = std::get<question>(letter);
        replay_answer answer{asked.subscription, read_page(hub.ring, asked.asked, {})};
        if (random_() % 10 == 0)
          answer.page.reset(); // it came too late
        server_mail_.emplace_back(std::move(answer));
      }
    }
  }

  /// What it had not read is lost, what it had sent still arrives.
  void restart_hub() {
    hub_mail_.clear();
    hubs_.emplace_back(hubs_.size() + 1);
    server_follows_ = false;
    auto place = server_mail_.begin();
    std::advance(place, server_mail_.empty() ? 0 : random_() % server_mail_.size());
    server_mail_.emplace(place, restarted{});
  }

  void run_server() {
    for (auto turns = random_() % 400; turns > 0 && !server_mail_.empty(); --turns) {
      auto letter = std::move(server_mail_.front());
      server_mail_.pop_front();
      std::visit([&](auto& content) { handle(content); }, letter);
      fetch();
    }
  }

  void handle(page_answer& letter) {
    if (letter.serial != page_serial_)
      return;
    page_under_way_ = false;
    auto nodes = std::to_string(letter.place) + " " + std::to_string(letter.newest);
    subscription_->page_arrived(letter.answer, nodes);
  }

  void handle(replay_answer& letter) {
    if (letter.subscription != subscriptions_)
      return;
    if (!letter.page)
      return subscription_->replay_failed();
    subscription_->replayed(*std::move(letter.page));
    if (!std::exchange(began_, true))
      witness_.begin(*subscription_->begin());
  }

  void handle(news& letter) {
    if (!subscription_->offer(letter.epoch, letter.what)) {
      check_sums();
      connect();
    }
  }

  void handle(restarted&) {
    server_follows_ = true;
    ++subscriptions_;
    subscription_->hub_restarted();
  }

  void connect() {
    auto wanted = wanted_;
    wanted.from = witness_.at();
    subscription_.emplace(wanted, meshes);
    ++subscriptions_;
    ++page_serial_;
    page_under_way_ = false;
    began_ = false;
    witness_.expect_snapshot(!wanted.from);
    fetch();
  }

  void fetch() {
    if (auto asked = subscription_->wanted_replay())
      hub_mail_.emplace_back(question{subscriptions_, *asked});
    if (page_under_way_)
      return;
    if (auto page = subscription_->wanted_page()) {
      page_under_way_ = true;
      auto number = page->query.cursor.value_or(0);
      json_answer answer;
      if (number + 1 < pages_of_a_mesh)
        answer.next = number + 1;
      // The cache answers at once: later events come after this answer.
      auto place = page->mesh.value * pages_of_a_mesh + number;
      server_mail_.emplace_back(
        page_answer{++page_serial_, place, emitted_, std::move(answer)});
    }
  }

  /// What web_subscriber::next() does: nothing goes out before the subscription has begun.
  bool send() {
    if (!began_)
      return false;
    auto next = subscription_->next(1 + random_() % 300);
    fetch();
    check_sums();
    if (auto told = std::get_if<events_message>(&next)) {
      witness_.take(*told);
      return true;
    }
    if (auto page = std::get_if<snapshot_message>(&next)) {
      auto space = page->nodes.find(' ');
      witness_.take(*page, std::stoull(page->nodes), std::stoull(page->nodes.substr(space)));
      return true;
    }
    return false;
  }

  std::mt19937 random_;
  subscribe_request wanted_;
  std::vector<hub_model> hubs_;
  witness witness_;
  std::optional<event_subscription> subscription_;
  std::deque<hub_letter> hub_mail_;
  std::deque<server_letter> server_mail_;
  std::uint64_t emitted_ = 0;
  std::uint64_t subscriptions_ = 0;
  std::uint64_t page_serial_ = 0;
  bool page_under_way_ = false;
  bool began_ = false;
  bool server_follows_ = true;
  bool is_slow_ = false;
};

/// What all runs with this policy and filter came to.
struct totals {
  std::uint64_t gaps = 0;
  std::uint64_t received = 0;
  std::uint64_t restarts = 0;
};

totals run_all(const subscribe_request& wanted) {
  totals sums;
  for (unsigned seed = 1; seed <= 15; ++seed) {
    CAPTURE(seed);
    subscription_world world{seed, wanted};
    for (auto i = 0; i < 400; ++i)
      world.step();
    world.settle();
    // Nothing is left: the client stands where the hub is, but for the tail that does not match.
    REQUIRE(world.client().at()->epoch == world.hub().ring.newest().epoch);
    for (auto seq = world.client().at()->seq + 1; seq <= world.hub().told.size(); ++seq)
      REQUIRE_FALSE(wanted.filter.matches(world.hub().told[seq - 1]));
    if (wanted.snapshot.value_or(true))
      REQUIRE_FALSE(world.client().wants_snapshot());
    sums.gaps += world.client().gaps();
    sums.received += world.client().received();
    sums.restarts += world.hub().ring.newest().epoch - 1;
  }
  return sums;
}

} // namespace

TEST_CASE("no event comes twice and none is missing, whatever the order of things") {
  for (auto policy : {subscriber_policy::disconnect, subscriber_policy::drop_oldest,
                      subscriber_policy::latest})
    for (auto filtered : {false, true}) {
      CAPTURE(to_string(policy));
      CAPTURE(filtered);
      subscribe_request wanted{.policy = policy};
      if (filtered)
        wanted.filter.kinds = {event_kind::message};
      auto sums = run_all(wanted);
      CHECK(sums.gaps > 15); // or it was no test
      CHECK(sums.received > 10'000);
      CHECK(sums.restarts > 5);
    }
}
