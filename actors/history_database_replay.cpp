#include "actors/history_database_log.hpp"

#include <algorithm>

namespace xylem::record {

/// The next event of the log behind a cursor, and what is missing before it.
struct event_log::place {
  std::vector<life>::const_iterator of{};
  std::uint64_t from = 0;    ///< the first event of its life that is not seen
  std::uint64_t first = 0;   ///< the first one that is there, or behind the last one of all
  std::uint64_t missing = 0; ///< over all lives since the cursor
  bool certain = true;       ///< all that is missing is counted
  bool is_there = false;
};

replay_page event_log::read_after(const replay_query& asked, wall_time now) {
  replay_page page{.reached = reached(), .newest = reached(), .complete = true};
  if (!asked.from)
    return page;
  page.reached = *asked.from;
  auto of = life_at_or_after(asked.from->epoch);
  if (of == state_.lives.end()
      || (asked.from->epoch == reached().epoch && asked.from->seq >= reached().seq))
    return page; // what comes after it is not recorded yet
  auto found = next_event(*asked.from);
  page.gap = gap_before(found, *asked.from, now);
  page.reached = {found.of->epoch, found.first - 1};
  if (found.is_there)
    read_run(found, asked, page);
  page.complete = page.reached == page.newest;
  return page;
}

/// Goes over lives of which nothing is left. An earlier life that did not end in order may have
/// told more than is known, and so may one that is not known at all.
event_log::place event_log::next_event(cursor after) {
  place at{.of = life_at_or_after(after.epoch), .from = 1};
  at.certain = at.of->epoch == after.epoch;
  auto seen = at.certain ? after.seq : 0;
  while (true) {
    at.from = seen + 1;
    auto id = seen < at.of->last ? first_id(at.of->id_of(seen), at.of->last_id()) : std::nullopt;
    at.is_there = id.has_value();
    at.first = id ? at.of->seq_of(*id) : std::max(at.of->last, seen) + 1;
    at.missing += at.first - at.from;
    if (at.is_there || std::next(at.of) == state_.lives.end())
      return at;
    at.certain = at.certain && at.of->ended && seen <= at.of->last;
    ++at.of;
    seen = 0;
  }
}

std::optional<event> event_log::gap_before(const place& found, cursor after, wall_time now) const {
  if (found.certain && found.missing == 0)
    return std::nullopt;
  auto seen = life_at_or_after(after.epoch);
  auto was_cleaned = seen->id_of(seen->epoch == after.epoch ? after.seq : 0) < state_.cleaned;
  auto reason = !found.certain ? to_string(gap_reason::other_epoch)
                : was_cleaned  ? to_string(gap_reason::overwritten)
                               : std::string_view{"not recorded"};
  return make_gap_event({found.from, found.first - 1, found.missing, reason}, now);
}

/// Up to the next hole, which is told by the page after this one.
void event_log::read_run(const place& begin, const replay_query& asked, replay_page& page) {
  auto limit = std::min(asked.max_events, std::size_t{1} << 30);
  auto next = begin.of->id_of(begin.first);
  for (execution row{select_, next - 1, begin.of->last_id(), limit};
       row.next() && row.number(0) == next; ++next) {
    page.reached.seq = begin.of->seq_of(next);
    if (auto what = event_of(row, *begin.of); what && asked.filter.matches(*what))
      page.events.push_back(std::move(*what));
  }
}

} // namespace xylem::record
