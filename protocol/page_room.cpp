#include "protocol/page_room.hpp"

namespace xylem {

page_room::page_room(subscriber_policy policy, std::uint32_t credit) noexcept
    : policy_{policy}, most_{std::min<std::size_t>(credit, monitor_limits::page_events)} {}

bool page_room::add(const event& what) {
  if (coalesces_)
    supersede(what);
  if (!fits(what) && !coalesces_ && policy_ == subscriber_policy::latest && size_ > 0) {
    coalesce();
    supersede(what);
  }
  if (!fits(what))
    return false;
  if (coalesces_ && what.kind == event_kind::reading)
    places_.insert_or_assign(reading_key(what), events_.size());
  events_.push_back(&what);
  ++size_;
  bytes_ += encoded_size(what);
  return true;
}

void page_room::coalesce() {
  if (policy_ != subscriber_policy::latest || coalesces_)
    return;
  coalesces_ = true;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    supersede(*events_[i]);
    if (events_[i]->kind == event_kind::reading)
      places_.insert_or_assign(reading_key(*events_[i]), i);
  }
}

std::vector<event> page_room::events() const {
  std::vector<event> copies;
  copies.reserve(size_);
  for (auto each : events_)
    if (each)
      copies.push_back(*each);
  return copies;
}

bool page_room::fits(const event& what) const noexcept {
  return size_ < most_ && bytes_ + encoded_size(what) <= monitor_limits::page_bytes;
}

/// It has a place of its own, behind the older one: events are in order.
void page_room::supersede(const event& by) {
  auto place = by.kind == event_kind::reading ? places_.find(reading_key(by)) : places_.end();
  if (place == places_.end())
    return;
  auto& older = events_[place->second];
  bytes_ -= encoded_size(*older);
  --size_;
  ++coalesced_;
  older = nullptr;
  places_.erase(place);
}

} // namespace xylem
