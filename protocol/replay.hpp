#pragma once

#include "protocol/event_ring.hpp"
#include "protocol/subscriber_filter.hpp"

namespace xylem {

/// Asks for what a subscriber has missed, a page at a time.
struct replay_query {
  std::optional<cursor> from{}; ///< nothing: only where the newest event is
  subscriber_filter filter{};
  std::size_t max_events = 0;   ///< that are looked at: a page costs the same whatever the filter
};

/// What is published after a page that is `complete` follows it without a hole or a repeat.
struct replay_page {
  std::optional<event> gap{}; ///< comes first
  std::vector<event> events{};
  cursor reached{}; ///< go on from here; its epoch is that of the events
  cursor newest{};  ///< the last event there is
  bool complete = false;
};

/// True: the ring does not have what was asked for, the record may.
bool needs_record(const replay_page& of_ring) noexcept;

/// What the ring and the record answered to the same question, as one page. It is not complete
/// while the ring has what follows it.
replay_page joined(const replay_query& asked, replay_page of_ring, replay_page of_record);

replay_page read_page(const event_ring& ring, const replay_query& asked, wall_time now);

} // namespace xylem
