#pragma once

#include "protocol/event.hpp"

#include <boost/circular_buffer.hpp>

namespace xylem {

/// What an event costs in every bound that counts bytes.
inline std::size_t event_size(const event& what) noexcept {
  return sizeof(event) + what.data.heap_size();
}

/// Consecutive events in somebody else's ring; lives until its next push().
class event_range {
public:
  event_range() noexcept = default;
  event_range(std::span<const event> older, std::span<const event> newer) noexcept
      : older_{older}, newer_{newer} {}

  std::size_t size() const noexcept { return older_.size() + newer_.size(); }
  bool empty() const noexcept { return size() == 0; }

  const event& operator[](std::size_t index) const noexcept {
    return index < older_.size() ? older_[index] : newer_[index - older_.size()];
  }

  /// At most `count` of them: a page.
  event_range first(std::size_t count) const noexcept;

  /// All but the first `count`.
  event_range skip(std::size_t count) const noexcept;

private:
  std::span<const event> older_;
  std::span<const event> newer_;
};

enum class gap_reason : std::uint8_t {
  other_epoch, ///< the hub was restarted: what its last life still had to tell is unknown
  overwritten, ///< the events fell out of the ring
  from_future, ///< the cursor is ahead of the last event, so it was never given out
};

std::string_view to_string(gap_reason reason) noexcept;

/// What a subscriber has missed: `count` events, from `from` to `to`. Nothing of this epoch is
/// missing when count is 0 (then from = to + 1).
struct event_gap {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t count = 0;
  gap_reason reason = gap_reason::overwritten;

  bool operator==(const event_gap&) const = default;
};

/// The gap as a subscriber gets it: its seq is the last missed one, a cursor to go on from.
event to_event(const event_gap& gap, wall_time time);

/// What an event of kind gap tells, whatever number a hub elsewhere has given it; `reason` lives as
/// long as the event.
struct told_gap {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t count = 0;
  std::string_view reason{};

  bool operator==(const told_gap&) const = default;
};

event make_gap_event(const told_gap& gap, wall_time time);

/// Nothing for another kind of event.
std::optional<told_gap> gap_of(const event& what) noexcept;

/// Numbers events and remembers the newest. Owned by the event hub. No allocation a push, once it
/// has grown to its bound, for events whose data is inline.
class event_ring {
public:
  struct continuation {
    std::optional<event_gap> gap; ///< comes first
    event_range events;
  };

  /// Keeps at most `max_events` and `max_bytes`, but always the newest event.
  event_ring(std::uint64_t epoch, std::size_t max_events, std::size_t max_bytes);

  /// Gives the event the next number. The reference lives until the next push().
  const event& push(event what);

  /// Everything after the cursor.
  continuation read_after(cursor seen) const noexcept;

  /// Of the last event: a subscriber that starts here gets only what is new.
  cursor newest() const noexcept { return {epoch_, last_}; }

  std::size_t size() const noexcept { return events_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

private:
  void drop_oldest();
  std::uint64_t oldest_seq() const noexcept { return last_ - events_.size() + 1; }

  std::uint64_t epoch_;
  std::uint64_t last_ = 0; // seq of the newest
  std::size_t max_events_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  boost::circular_buffer<event> events_; // its capacity doubles up to max_events_
};

} // namespace xylem
