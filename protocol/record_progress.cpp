#include "protocol/record_progress.hpp"

namespace xylem {

replay_query record_progress::next(std::size_t max_events) const {
  return {position_, {.kinds = event_kind_set::all()}, max_events};
}

void record_progress::look(const replay_page& page) {
  if (page.newest.epoch != newest_.epoch) {
    counters_.not_recorded += newest_.seq - position_.seq; // they went with their life
    position_ = newest_ = {page.newest.epoch, 0};
  }
  counters_.received += page.newest.seq - std::min(newest_.seq, page.newest.seq);
  newest_.seq = std::max(newest_.seq, page.newest.seq);
  auto lost = page.gap ? gap_of(*page.gap) : std::nullopt;
  if (!lost || lost->to <= position_.seq)
    return;
  counters_.not_recorded += lost->to - position_.seq;
  position_.seq = lost->to;
}

void record_progress::wrote(const replay_page& page) {
  counters_.recorded += page.events.size();
  position_ = page.reached;
}

void record_progress::end_life(std::uint64_t last_seq, std::uint64_t recovered) {
  auto last = std::max(last_seq, newest_.seq);
  counters_.received += last - newest_.seq;
  counters_.recorded += recovered;
  counters_.not_recorded += last - position_.seq - recovered;
  position_.seq = newest_.seq = last;
}

record_counters record_progress::counters() const noexcept {
  auto all = counters_;
  all.waiting = newest_.seq - position_.seq;
  return all;
}

} // namespace xylem
