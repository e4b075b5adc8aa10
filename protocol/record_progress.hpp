#pragma once

#include "protocol/event_ring.hpp"
#include "protocol/replay.hpp"

namespace xylem {

/// received = recorded + not_recorded + waiting, always.
struct record_counters {
  std::uint64_t received = 0;     ///< events that the hub numbered
  std::uint64_t recorded = 0;     ///< in the database
  std::uint64_t not_recorded = 0; ///< overwritten in the hub's ring before they could be
  std::uint64_t waiting = 0;      ///< in the hub's ring

  bool operator==(const record_counters&) const = default;
};

/// Where the recorder stands in the stream of events. The hub's ring is its queue: it takes a page,
/// writes it, and only then goes on.
class record_progress {
public:
  /// `from`: up to here everything is in the database already; epoch 0: it is new.
  explicit record_progress(cursor from = {}) noexcept : position_{from}, newest_{from} {}

  /// What to ask the hub for: at most `max_events`, with 0 only how far it is.
  replay_query next(std::size_t max_events) const;

  /// A page has come. What the ring has lost is counted.
  void look(const replay_page& page);

  /// The events of the page are in the database.
  void wrote(const replay_page& page);

  /// This life of the hub is over. Its journal had `recovered` events behind position(), the
  /// last one `last_seq`, and they were written.
  void end_life(std::uint64_t last_seq, std::uint64_t recovered);

  /// Up to here everything was written or given up; epoch 0: nothing yet.
  cursor position() const noexcept { return position_; }
  cursor newest() const noexcept { return newest_; }

  record_counters counters() const noexcept;

private:
  cursor position_;
  cursor newest_; // that the hub has told
  record_counters counters_; // without waiting
};

} // namespace xylem
