#include "protocol/replay.hpp"

namespace xylem {

replay_page read_page(const event_ring& ring, const replay_query& asked, wall_time now) {
  if (!asked.from)
    return {.reached = ring.newest(), .newest = ring.newest(), .complete = true};
  auto missed = ring.read_after(*asked.from);
  auto looked_at = missed.events.first(asked.max_events);
  replay_page page{.reached = ring.newest(),
                   .newest = ring.newest(),
                   .complete = looked_at.size() == missed.events.size()};
  if (!page.complete)
    page.reached.seq = missed.events[looked_at.size()].seq - 1;
  if (missed.gap)
    page.gap = to_event(*missed.gap, now);
  for (std::size_t i = 0; i < looked_at.size(); ++i)
    if (asked.filter.matches(looked_at[i]))
      page.events.push_back(looked_at[i]);
  return page;
}

bool needs_record(const replay_page& of_ring) noexcept {
  return of_ring.gap.has_value();
}

/// Where the record has nothing more of an earlier life, the life of the ring goes on from its
/// beginning.
replay_page joined(const replay_query& asked, replay_page of_ring, replay_page of_record) {
  of_record.newest = of_ring.newest;
  of_record.complete = false;
  if (of_record.gap || !of_record.events.empty() || of_record.reached != asked.from)
    return of_record;
  if (of_record.reached.epoch == of_ring.newest.epoch)
    return of_ring;
  of_record.reached = {of_ring.newest.epoch, 0};
  return of_record;
}

} // namespace xylem
