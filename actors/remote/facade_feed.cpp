#include "actors/remote/facade.hpp"

/// What a facade does with its monitor's subscription.
namespace xylem {

namespace {

/// Bytes that may wait for one connection. What a monitor does not take stays where it is.
constexpr std::size_t most_waiting = 1024 * 1024;

} // namespace

caf::result<subscription_answer> facade_core::subscribe(const monitor_subscription& what) {
  auto asks = self_->current_sender(); // the promise takes it
  auto promise = self_->make_response_promise<subscription_answer>();
  if (!may_say())
    return promise;
  end_waiting("another subscription has replaced it");
  end_feed();
  subscriber_ = asks;
  if (!subscriber_) {
    close(monitor_refusal::violation, "nobody would get its events");
    return promise;
  }
  waits_.emplace(what, promise, host_.now().mono);
  begin_feed();
  return promise;
}

/// As soon as it is known where the gateway is.
void facade_core::begin_feed() {
  if (!waits_ || !host_.memory().is_fed())
    return;
  auto [what, promise, since] = *std::exchange(waits_, std::nullopt);
  feed_.emplace(what, host_.memory());
  promise.deliver(subscription_answer{.serial = what.serial, .newest = host_.memory().newest()});
  wants_turn();
}

void facade_core::end_waiting(std::string_view why) {
  if (auto waited = std::exchange(waits_, std::nullopt))
    waited->promise.deliver(
      subscription_answer{.serial = waited->what.serial, .problem = std::string{why}});
}

void facade_core::end_feed() {
  ++subscriptions_;
  ended_ = counters();
  ended_.behind = 0; // nobody waits for it any more
  feed_.reset();
}

void facade_core::grant(const credit_grant& what) {
  if (!may_say() || !feed_ || what.serial != feed_->serial())
    return;
  feed_->grant(what.events);
  wants_turn();
}

/// The answer to a subscription goes through CAF, pages do not: they begin in another turn.
void facade_core::turn() {
  if (!self_ || closing_)
    return;
  if (waits_)
    return begin_feed();
  if (!feed_)
    return;
  held_up_ = host_.queued_bytes(peer_.connection) >= most_waiting;
  auto from = feed_->position().value_or(cursor{});
  if (auto page = held_up_ ? std::nullopt : feed_->next_page(host_.memory())) {
    host_.send(peer_.connection, subscriber_, from, *page);
    if (feed_->has_all_of(host_.memory()))
      return;
    wants_turn();
  }
  if (feed_->must_disconnect(host_.memory()))
    return close(monitor_refusal::too_slow, "it was too slow for its policy");
  ask_replay();
}

void facade_core::ask_replay() {
  auto wanted = feed_->wanted_replay(host_.memory());
  if (!wanted)
    return;
  host_.ask_replay(*wanted, [weak = weak_from_this(),
                             of = subscriptions_](const std::optional<std::string>& encoded) {
    auto core = weak.lock();
    if (!core || !core->self_ || core->closing_ || of != core->subscriptions_)
      return;
    auto page = encoded ? decode<event_page>(*encoded) : std::nullopt;
    if (!page)
      return core->feed_->replay_failed(); // asked again at the next tick
    core->feed_->replayed(*std::move(page));
    core->wants_turn();
  });
}

} // namespace xylem
