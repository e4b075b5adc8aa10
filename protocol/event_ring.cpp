#include "protocol/event_ring.hpp"

namespace xylem {

namespace {

constexpr std::size_t first_capacity = 256;

} // namespace

event_range event_range::first(std::size_t count) const noexcept {
  auto from_older = std::min(count, older_.size());
  auto from_newer = std::min(count - from_older, newer_.size());
  return {older_.first(from_older), newer_.first(from_newer)};
}

event_range event_range::skip(std::size_t count) const noexcept {
  auto of_older = std::min(count, older_.size());
  auto of_newer = std::min(count - of_older, newer_.size());
  return {older_.subspan(of_older), newer_.subspan(of_newer)};
}

std::string_view to_string(gap_reason reason) noexcept {
  switch (reason) {
  case gap_reason::other_epoch: return "other epoch";
  case gap_reason::overwritten: return "overwritten";
  case gap_reason::from_future: return "from the future";
  }
  return "unknown";
}

event to_event(const event_gap& gap, wall_time time) {
  return make_gap_event({gap.from, gap.to, gap.count, to_string(gap.reason)}, time);
}

/// The data is `from` and `to`, 8 bytes each, and the reason.
event make_gap_event(const told_gap& gap, wall_time time) {
  bytes data;
  append_big(data, gap.from);
  append_big(data, gap.to);
  append(data, gap.reason);
  return {.seq = gap.to,
          .time = time,
          .id = gap.count,
          .kind = event_kind::gap,
          .data = small_bytes{data}};
}

std::optional<told_gap> gap_of(const event& what) noexcept {
  byte_reader data{what.data.view()};
  auto from = data.big<std::uint64_t>();
  auto to = data.big<std::uint64_t>();
  if (what.kind != event_kind::gap || !from || !to)
    return std::nullopt;
  return told_gap{*from, *to, what.id, text_of(data.rest())};
}

event_ring::event_ring(std::uint64_t epoch, std::size_t max_events, std::size_t max_bytes)
    : epoch_{epoch}, max_events_{std::max<std::size_t>(max_events, 1)}, max_bytes_{max_bytes} {}

const event& event_ring::push(event what) {
  if (events_.size() == max_events_)
    drop_oldest();
  else if (events_.full())
    events_.set_capacity(std::min(std::max(2 * events_.size(), first_capacity), max_events_));
  what.seq = ++last_;
  bytes_ += event_size(what);
  events_.push_back(std::move(what));
  while (bytes_ > max_bytes_ && events_.size() > 1)
    drop_oldest();
  return events_.back();
}

event_ring::continuation event_ring::read_after(cursor seen) const noexcept {
  auto older = events_.array_one();
  auto newer = events_.array_two();
  auto all = event_range{{older.first, older.second}, {newer.first, newer.second}};
  auto before_oldest = oldest_seq() - 1;
  auto told = [&](std::uint64_t from, gap_reason reason) {
    return continuation{event_gap{from, before_oldest, before_oldest - from + 1, reason}, all};
  };
  if (seen.epoch != epoch_)
    return told(1, gap_reason::other_epoch);
  if (seen.seq > last_)
    return told(1, gap_reason::from_future);
  if (seen.seq < before_oldest)
    return told(seen.seq + 1, gap_reason::overwritten);
  return {std::nullopt, all.skip(static_cast<std::size_t>(seen.seq - before_oldest))};
}

void event_ring::drop_oldest() {
  bytes_ -= event_size(events_.front());
  events_.pop_front();
}

} // namespace xylem
