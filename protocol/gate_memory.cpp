#include "protocol/gate_memory.hpp"

namespace xylem {

namespace {

constexpr std::size_t first_capacity = 256;

} // namespace

gate_memory::gate_memory(std::size_t max_events, std::size_t max_bytes)
    : max_events_{std::max<std::size_t>(max_events, 1)}, max_bytes_{max_bytes} {}

void gate_memory::take(event_page page) {
  auto is_old = [&](const event& each) { return each.seq <= reached_.seq; };
  if (is_fed() && !page.gap && page.reached.epoch == reached_.epoch)
    std::erase_if(page.events, is_old);
  if (!follows(page))
    begin_anew(page);
  for (auto& each : page.events)
    if (each.seq > reached_.seq)
      push(std::move(each));
  reached_.seq = std::max(reached_.seq, page.reached.seq);
  newest_ = reached_;
  if (page.newest.epoch == reached_.epoch)
    newest_.seq = std::max(reached_.seq, page.newest.seq);
}

bool gate_memory::follows(const event_page& page) const noexcept {
  if (!is_fed() || page.gap || page.reached.epoch != reached_.epoch)
    return false;
  return page.events.empty() ? page.reached.seq <= reached_.seq
                             : page.events.front().seq == reached_.seq + 1;
}

/// What a page does not have and its gap does not tell is not held either: whoever wants it asks.
void gate_memory::begin_anew(const event_page& page) {
  events_.clear();
  bytes_ = 0;
  begin_ = page.events.empty() ? page.reached.seq
                               : std::max<std::uint64_t>(page.events.front().seq, 1) - 1;
  reached_ = {page.reached.epoch, begin_};
  ++generation_;
}

void gate_memory::push(event&& what) {
  if (events_.size() == max_events_)
    drop_oldest();
  else if (events_.full())
    events_.set_capacity(std::min(std::max(2 * events_.size(), first_capacity), max_events_));
  reached_.seq = what.seq;
  bytes_ += event_size(what);
  events_.push_back(std::move(what));
  while (bytes_ > max_bytes_ && events_.size() > 1)
    drop_oldest();
}

void gate_memory::drop_oldest() {
  begin_ = events_.front().seq;
  bytes_ -= event_size(events_.front());
  events_.pop_front();
}

bool gate_memory::continues(cursor seen) const noexcept {
  return is_fed() && seen.epoch == reached_.epoch && seen.seq >= begin_
         && seen.seq <= reached_.seq;
}

event_range gate_memory::after(cursor seen) const noexcept {
  auto next = std::ranges::upper_bound(events_, seen.seq, {}, &event::seq);
  auto older = events_.array_one();
  auto newer = events_.array_two();
  return event_range{{older.first, older.second}, {newer.first, newer.second}}.skip(
    static_cast<std::size_t>(next - events_.begin()));
}

} // namespace xylem
