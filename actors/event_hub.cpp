#include "actors/event_hub.hpp"

#include "actors/error.hpp"

#include <algorithm>

namespace xylem {

event_hub_core::event_hub_core(event_hub_actor::pointer self, const event_settings& settings,
                               std::uint64_t epoch, environment& env)
    : self_{self}, env_{env}, ring_{epoch, settings.ring_events, settings.ring_bytes} {
  if (env.journal)
    open_journal(epoch);
}

/// Without it a crash loses what the recorder has not written yet: no reason not to start.
void event_hub_core::open_journal(std::uint64_t epoch) {
  try {
    journal_memory_ = env_.journal->events(epoch);
    journal_ = journal_writer{journal_memory_.memory(), {epoch, env_.journal->meshes()}};
  } catch (const std::system_error& error) {
    actor_log{env_.log, "event_hub"}.warning(
      "no crash journal: should the process die, its last 200 ms are not recorded",
      {{"reason", error.what()}});
  }
}

/// One message a subscriber and batch; nobody is sent a message without events.
void event_hub_core::publish(event_batch& batch) {
  for (auto& what : batch.events) {
    const auto& numbered = ring_.push(std::move(what));
    journal_.append(numbered);
    for (auto& to : subscriptions_)
      if (to.filter.matches(numbered))
        to.collect(numbered);
  }
  for (auto& to : subscriptions_)
    send(to, batch.received.mono);
  answer_held();
  for (const auto& reader : wait_for_news_)
    self_->send(reader, news_atom::value);
  wait_for_news_.clear();
}

void event_hub_core::subscribe(const subscriber_actor& who, const subscriber_filter& filter,
                               std::optional<cursor> from) {
  auto known = std::ranges::find(subscriptions_, who, &subscription::who);
  if (known == subscriptions_.end()) {
    self_->monitor(who);
    known = subscriptions_.insert(known, {who, filter});
  }
  known->filter = filter;
  if (!from)
    return;
  auto missed = ring_.read_after(*from);
  auto now = env_.clock.now();
  if (missed.gap)
    known->collect(to_event(*missed.gap, now.wall));
  for (std::size_t i = 0; i < missed.events.size(); ++i)
    if (filter.matches(missed.events[i]))
      known->collect(missed.events[i]);
  send(*known, now.mono);
}

/// One message, however much there is: the reader comes and takes it.
void event_hub_core::tell_news(const news_reader_actor& who, cursor seen) {
  if (seen != ring_.newest())
    self_->send(who, news_atom::value);
  else if (std::ranges::find(wait_for_news_, who) == wait_for_news_.end())
    wait_for_news_.push_back(who);
}

replay_page event_hub_core::replay(const replay_query& asked) const {
  return read_page(ring_, asked, env_.clock.now().wall);
}

/// CAF remembers every request until it is answered: who asks without end must not fill memory.
caf::result<replay_page> event_hub_core::replay_news(const replay_query& asked) {
  auto who = caf::actor_cast<caf::actor_addr>(self_->current_sender()); // the promise takes it
  auto answer = self_->make_response_promise<replay_page>();
  auto earlier = std::ranges::find(held_, who, &held_question::who);
  if (earlier != held_.end()) {
    earlier->answer.deliver(caf::error{caf::sec::request_receiver_down});
    held_.erase(earlier);
  }
  if (asked.from != ring_.newest())
    answer.deliver(replay(asked));
  else
    held_.push_back({std::move(who), asked, answer});
  return answer;
}

void event_hub_core::answer_held() {
  for (auto& each : held_)
    each.answer.deliver(replay(each.asked));
  held_.clear();
}

void event_hub_core::subscription::collect(const event& what) {
  if (!collected)
    collected = std::make_shared<std::vector<event>>();
  collected->push_back(what);
}

void event_hub_core::send(subscription& to, mono_time received) {
  if (!to.collected)
    return;
  to.published += to.collected->size();
  self_->send(to.who, published{ring_.newest().epoch, received, std::exchange(to.collected, nullptr)});
}

void event_hub_core::forget(const caf::actor_addr& who) {
  std::erase_if(subscriptions_, [&](const subscription& known) { return known.who == who; });
}

boost::json::object event_hub_core::status() const {
  std::uint64_t sent = 0;
  for (const auto& known : subscriptions_)
    sent += known.published;
  return {{"epoch", ring_.newest().epoch},
          {"seq", ring_.newest().seq},
          {"ring", {{"events", ring_.size()}, {"bytes", ring_.bytes()}}},
          {"subscribing_actors", subscriptions_.size()},
          {"sent", sent}};
}

event_hub_actor::behavior_type event_hub(io_actor_of<event_hub_actor, event_hub_core>* self,
                                         event_settings settings, std::uint64_t epoch,
                                         environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<event_hub_core>(self, settings, epoch, *env);
  auto core = self->state.core.get();
  self->set_down_handler([core](const caf::down_msg& down) { core->forget(down.source); });
  return {
    [core](event_batch& batch) { core->publish(batch); },
    [core](subscribe_atom, const subscriber_actor& who, const subscriber_filter& filter) {
      core->subscribe(who, filter, std::nullopt);
    },
    [core](subscribe_atom, const subscriber_actor& who, const subscriber_filter& filter,
           cursor from) { core->subscribe(who, filter, from); },
    [core](const replay_query& asked) { return core->replay(asked); },
    [core](news_atom, const replay_query& asked) { return core->replay_news(asked); },
    [core](news_atom, const news_reader_actor& who, cursor seen) { core->tell_news(who, seen); },
    [core](status_atom) { return actor_status{core->status()}; },
  };
}

} // namespace xylem
