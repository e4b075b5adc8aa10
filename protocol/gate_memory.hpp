#pragma once

#include "protocol/limits.hpp"
#include "protocol/monitor_messages.hpp"

namespace xylem {

/// The latest events of a gateway, with the numbers that they have there (monitor §3). Holds every
/// event from begin() to reached(), which are of one epoch. Not thread-safe.
class gate_memory {
public:
  explicit gate_memory(std::size_t max_events = limits::gate_ring_events,
                       std::size_t max_bytes = limits::gate_ring_bytes);

  /// The next page of the feed. Where it does not follow what is held (a gap, another epoch), it is
  /// all that is held from then on.
  void take(event_page page);

  /// False until the first page has come; then there are positions.
  bool is_fed() const noexcept { return generation_ > 0; }

  /// True when the events behind the cursor are held, or are about to come.
  bool continues(cursor seen) const noexcept;

  /// Everything behind a cursor that it continues; lives until take().
  event_range after(cursor seen) const noexcept;

  /// Behind this one all is held.
  cursor begin() const noexcept { return {reached_.epoch, begin_}; }
  cursor reached() const noexcept { return reached_; }

  /// The gateway's last event, as far as it is known here.
  cursor newest() const noexcept { return newest_; }

  /// Another one: it has begun anew, and who is not continued any more was not too slow.
  std::uint64_t generation() const noexcept { return generation_; }

  std::size_t size() const noexcept { return events_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }

private:
  bool follows(const event_page& page) const noexcept;
  void begin_anew(const event_page& page);
  void push(event&& what);
  void drop_oldest();

  std::size_t max_events_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  boost::circular_buffer<event> events_; // by seq; its capacity doubles up to max_events_
  std::uint64_t begin_ = 0;
  cursor reached_;
  cursor newest_;
  std::uint64_t generation_ = 0;
};

} // namespace xylem
