#pragma once

#include "protocol/event_ring.hpp"
#include "protocol/limits.hpp"

#include <unordered_map>

namespace xylem {

/// What happens when a subscriber is slower than the events.
enum class subscriber_policy : std::uint8_t {
  disconnect,  ///< it is sent away
  drop_oldest, ///< the oldest events are lost, and a gap event tells how many
  latest,      ///< as drop_oldest, but of a node's data type only the newest reading waits
};

std::string_view to_string(subscriber_policy policy) noexcept;
std::optional<subscriber_policy> parse_subscriber_policy(std::string_view text);

/// Of a reading: its mesh, node and data type.
std::uint64_t reading_key(const event& what) noexcept;

enum class offer_result : std::uint8_t {
  queued,
  coalesced,       ///< it took the place of an older reading
  dropped,         ///< older ones made room for it; it itself when it is larger than the bound
  must_disconnect, ///< it did not fit: this subscriber gets no more events
};

/// published = delivered + coalesced + dropped + queued, always. Gap events are in none of them.
struct subscriber_counters {
  std::uint64_t published = 0;
  std::uint64_t delivered = 0;
  std::uint64_t coalesced = 0; ///< superseded by a newer reading before they were taken
  std::uint64_t dropped = 0;
  std::uint64_t queued = 0;

  subscriber_counters& operator+=(const subscriber_counters& other) noexcept;

  bool operator==(const subscriber_counters&) const = default;
};

/// Of a subscriber that is no more: what waited for it is never told, and is dropped with it.
subscriber_counters without_queued(subscriber_counters counters) noexcept;

/// The events that wait for one subscriber. Owned by who serves it; not thread-safe. Events are
/// offered in the order of their seq.
class subscriber_queue {
public:
  explicit subscriber_queue(subscriber_policy policy,
                            std::size_t max_events = limits::subscriber_queue_events,
                            std::size_t max_bytes = limits::subscriber_queue_bytes);

  offer_result offer(const event& what);

  /// Up to `max_events` (more than 0) in order, before them one gap event when some were lost.
  /// Of `latest`: a reading has the place of the first one it stands for, so that a value that
  /// changes often is not overtaken for ever.
  std::vector<event> take(std::size_t max_events);

  /// True when take() has nothing to give.
  bool empty() const noexcept { return waiting_.empty() && missed_ == 0; }

  /// Who saw everything that was taken may go on after this event and misses nothing; with
  /// `latest` it may see some readings twice.
  std::uint64_t resume_seq() const noexcept;

  subscriber_counters counters() const noexcept;
  std::size_t bytes() const noexcept { return bytes_; }

private:
  struct waiting_event {
    event what;
    std::uint64_t first_seq; // of the event that took this place
  };

  offer_result take_in(const event& what);
  offer_result coalesce(const event& what, waiting_event& older);
  void push(const event& what);
  void drop_oldest();
  void note_missed(std::uint64_t seq, wall_time time) noexcept;
  waiting_event pop();
  bool fits(const event& what) const noexcept;
  bool coalesces(const event& what) const noexcept;

  subscriber_policy policy_;
  std::size_t max_events_;
  std::size_t max_bytes_;
  bool disconnected_ = false;
  boost::circular_buffer<waiting_event> waiting_;
  std::uint64_t popped_ = 0; // place of waiting_.front(), counted from the first event ever queued
  std::unordered_map<std::uint64_t, std::uint64_t> places_; // of `latest`: reading → its place
  std::size_t bytes_ = 0;
  std::uint64_t last_seq_ = 0; // of the last offer that was not answered must_disconnect

  // Dropped and not yet told.
  std::uint64_t missed_ = 0;
  std::uint64_t first_missed_ = 0;
  std::uint64_t last_missed_ = 0;
  wall_time missed_at_{};

  subscriber_counters counters_; // without queued
};

} // namespace xylem
