#include "protocol/monitor_feed.hpp"

#include "protocol/page_room.hpp"

#include <limits>

namespace xylem {

namespace {

/// A monitor whose filter leaves out so many is told where it is: its cursor does not age.
constexpr std::uint64_t told_at_least = 1024;

} // namespace

monitor_feed::monitor_feed(monitor_subscription wanted, const gate_memory& memory)
    : wanted_{std::move(wanted)}, credit_{wanted_.credit} {
  if (wanted_.from)
    begin_at(*wanted_.from);
  else if (memory.is_fed())
    begin_at(memory.newest());
  is_known_ = !wanted_.from;
}

void monitor_feed::begin_at(cursor position) noexcept {
  position_ = told_ = position;
}

void monitor_feed::grant(std::uint32_t events) noexcept {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  credit_ += std::min(events, most - credit_);
}

std::optional<event_page> monitor_feed::next_page(const gate_memory& memory) {
  if (!position_ && memory.is_fed())
    begin_at(memory.begin());
  if (!position_ || asked_)
    return std::nullopt;
  if (auto answer = std::exchange(answer_, std::nullopt))
    if (auto page = page_of(*std::move(answer)))
      return page;
  return memory.continues(*position_) ? page_of(memory) : std::nullopt;
}

/// There is credit for all of it, unless the gateway told more than it was asked for.
std::optional<event_page> monitor_feed::page_of(event_page answer) {
  page_room room{wanted_.policy, credit_};
  is_newest_ = answer.reached == answer.newest;
  if (!is_newest_)
    room.coalesce();
  for (const auto& each : answer.events)
    if (wanted_.filter.matches(each) && !room.add(each)) {
      answer.reached.seq = each.seq - 1;
      is_newest_ = false;
      break;
    }
  if (auto lost = answer.gap ? gap_of(*answer.gap) : std::nullopt)
    counters_.missed += lost->count;
  position_ = answer.reached;
  is_known_ = true;
  held_in_.reset();
  counters_.coalesced += room.coalesced();
  return to_tell({.gap = std::move(answer.gap), .events = room.events(), .newest = answer.newest});
}

/// What does not match is passed without credit, too.
std::optional<event_page> monitor_feed::page_of(const gate_memory& memory) {
  page_room room{wanted_.policy, credit_};
  auto events = memory.after(*position_);
  std::size_t next = 0;
  while (next < events.size()
         && (!wanted_.filter.matches(events[next]) || room.add(events[next])))
    ++next;
  position_ = memory.reached();
  if (next < events.size())
    position_->seq = events[next].seq - 1;
  is_known_ = true;
  held_in_ = memory.generation();
  counters_.coalesced += room.coalesced();
  return to_tell({.events = room.events(), .newest = memory.newest()});
}

std::optional<event_page> monitor_feed::to_tell(event_page page) {
  auto is_news = position_->epoch != told_.epoch || position_->seq >= told_.seq + told_at_least;
  if (!page.gap && page.events.empty() && (!is_news || credit_ == 0))
    return std::nullopt;
  page.serial = wanted_.serial;
  page.reached = told_ = *position_;
  credit_ -= static_cast<std::uint32_t>(page.events.size());
  counters_.sent += page.events.size();
  return page;
}

std::optional<gate_replay> monitor_feed::wanted_replay(const gate_memory& memory) {
  if (!position_ || asked_ || answer_ || credit_ == 0 || memory.continues(*position_)
      || waits_for(memory) || must_disconnect(memory))
    return std::nullopt;
  asked_ = true;
  asked_in_ = memory.generation();
  return gate_replay{*position_, wanted_.filter,
                     std::min<std::uint32_t>(credit_, monitor_limits::page_events)};
}

void monitor_feed::replayed(event_page page) {
  if (std::exchange(asked_, false))
    answer_ = std::move(page);
}

/// The gateway has nothing more: the feed will come to this position. When the memory has begun
/// anew since then, it may have passed it.
bool monitor_feed::waits_for(const gate_memory& memory) const noexcept {
  if (!is_known_)
    return false;
  if (memory.is_fed() && position_->epoch == memory.reached().epoch)
    return position_->seq > memory.reached().seq;
  return is_newest_ && asked_in_ == memory.generation();
}

bool monitor_feed::must_disconnect(const gate_memory& memory) const noexcept {
  return wanted_.policy == subscriber_policy::disconnect && held_in_ == memory.generation()
         && position_->seq < memory.begin().seq;
}

monitor_feed_counters monitor_feed::counters(const gate_memory& memory) const noexcept {
  auto all = counters_;
  if (!position_ || !memory.continues(*position_))
    return all;
  auto waiting = memory.after(*position_);
  for (std::size_t i = 0; i < waiting.size(); ++i)
    all.behind += wanted_.filter.matches(waiting[i]);
  return all;
}

} // namespace xylem
