#include "protocol/subscriber_queue.hpp"

namespace xylem {

namespace {

constexpr std::size_t first_capacity = 16;

} // namespace

std::string_view to_string(subscriber_policy policy) noexcept {
  switch (policy) {
  case subscriber_policy::disconnect: return "disconnect";
  case subscriber_policy::drop_oldest: return "drop_oldest";
  case subscriber_policy::latest: return "latest";
  }
  return "unknown";
}

std::optional<subscriber_policy> parse_subscriber_policy(std::string_view text) {
  using enum subscriber_policy;
  for (auto policy : {disconnect, drop_oldest, latest})
    if (text == to_string(policy))
      return policy;
  return std::nullopt;
}

std::uint64_t reading_key(const event& what) noexcept {
  auto code = what.code.size() << 24 | read_big(what.code.view());
  return std::uint64_t{what.mesh.value} << 48 | std::uint64_t{what.node.value} << 32 | code;
}

subscriber_counters& subscriber_counters::operator+=(const subscriber_counters& other) noexcept {
  published += other.published;
  delivered += other.delivered;
  coalesced += other.coalesced;
  dropped += other.dropped;
  queued += other.queued;
  return *this;
}

subscriber_counters without_queued(subscriber_counters counters) noexcept {
  counters.dropped += std::exchange(counters.queued, 0);
  return counters;
}

subscriber_queue::subscriber_queue(subscriber_policy policy, std::size_t max_events,
                                   std::size_t max_bytes)
    : policy_{policy}, max_events_{std::max<std::size_t>(max_events, 1)}, max_bytes_{max_bytes} {}

offer_result subscriber_queue::offer(const event& what) {
  if (policy_ == subscriber_policy::disconnect && (disconnected_ || !fits(what))) {
    disconnected_ = true;
    ++counters_.published;
    ++counters_.dropped;
    return offer_result::must_disconnect;
  }
  auto result = take_in(what);
  ++counters_.published; // last: what there was no memory for is in none of the sums
  last_seq_ = what.seq;
  return result;
}

offer_result subscriber_queue::take_in(const event& what) {
  if (coalesces(what))
    if (auto place = places_.find(reading_key(what)); place != places_.end())
      return coalesce(what, waiting_[static_cast<std::size_t>(place->second - popped_)]);
  auto result = fits(what) ? offer_result::queued : offer_result::dropped;
  while (!waiting_.empty() && !fits(what))
    drop_oldest();
  if (fits(what)) {
    push(what);
  } else {
    ++counters_.dropped;
    note_missed(what.seq, what.time);
  }
  return result;
}

std::vector<event> subscriber_queue::take(std::size_t max_events) {
  std::vector<event> taken;
  if (max_events == 0 || empty())
    return taken;
  auto count = std::min(max_events, waiting_.size());
  taken.reserve(count + 1);
  if (missed_ > 0)
    taken.push_back(
      make_gap_event({first_missed_, last_missed_, missed_, "queue full"}, missed_at_));
  missed_ = 0;
  for (auto i = count; i > 0; --i)
    taken.push_back(pop().what);
  counters_.delivered += count;
  return taken;
}

std::uint64_t subscriber_queue::resume_seq() const noexcept {
  auto next = last_seq_ + 1;
  if (!waiting_.empty())
    next = waiting_.front().first_seq;
  if (missed_ > 0)
    next = std::min(next, first_missed_);
  return next - 1;
}

subscriber_counters subscriber_queue::counters() const noexcept {
  auto all = counters_;
  all.queued = waiting_.size();
  return all;
}

offer_result subscriber_queue::coalesce(const event& what, waiting_event& older) {
  auto before = event_size(older.what);
  older.what = what;
  bytes_ += event_size(what);
  bytes_ -= before;
  ++counters_.coalesced;
  auto kept = bytes_ <= max_bytes_;
  while (bytes_ > max_bytes_)
    drop_oldest();
  return kept ? offer_result::coalesced : offer_result::dropped;
}

/// All of it, or nothing: a place of an event that is not there would be followed.
void subscriber_queue::push(const event& what) {
  if (waiting_.full())
    waiting_.set_capacity(std::min(std::max(2 * waiting_.size(), first_capacity), max_events_));
  waiting_.push_back({what, what.seq});
  try {
    if (coalesces(what))
      places_.emplace(reading_key(what), popped_ + waiting_.size() - 1);
  } catch (...) {
    waiting_.pop_back();
    throw;
  }
  bytes_ += event_size(what);
}

void subscriber_queue::drop_oldest() {
  auto lost = pop();
  ++counters_.dropped;
  note_missed(lost.first_seq, lost.what.time);
}

void subscriber_queue::note_missed(std::uint64_t seq, wall_time time) noexcept {
  if (missed_++ == 0)
    first_missed_ = seq;
  last_missed_ = seq;
  missed_at_ = time;
}

subscriber_queue::waiting_event subscriber_queue::pop() {
  auto popped = std::move(waiting_.front());
  waiting_.pop_front();
  ++popped_;
  bytes_ -= event_size(popped.what);
  if (coalesces(popped.what))
    places_.erase(reading_key(popped.what));
  return popped;
}

bool subscriber_queue::fits(const event& what) const noexcept {
  return waiting_.size() < max_events_ && bytes_ + event_size(what) <= max_bytes_;
}

bool subscriber_queue::coalesces(const event& what) const noexcept {
  return policy_ == subscriber_policy::latest && what.kind == event_kind::reading;
}

} // namespace xylem
