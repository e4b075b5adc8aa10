#pragma once

#include "protocol/gate_frames.hpp"
#include "protocol/gate_memory.hpp"

namespace xylem {

/// What one subscription came to.
struct monitor_feed_counters {
  std::uint64_t sent = 0;
  std::uint64_t coalesced = 0; ///< a newer reading was sent for it
  std::uint64_t missed = 0;    ///< as gaps told them: whether they match nobody knows
  std::uint64_t behind = 0;    ///< that match, wait in the gate's memory, and may still be sent

  std::uint64_t matched() const noexcept { return sent + coalesced + missed + behind; }

  bool operator==(const monitor_feed_counters&) const = default;
};

/// What a gate sends for one subscription, and when (monitor §3): a position in the gateway's
/// events, and nothing that is queued. Owned by the facade; whenever something has changed it sends
/// every next_page() and asks for wanted_replay(). Not thread-safe.
class monitor_feed {
public:
  /// Begins at its cursor; without one, at what is new from now on.
  monitor_feed(monitor_subscription wanted, const gate_memory& memory);

  std::uint32_t serial() const noexcept { return wanted_.serial; }
  const subscriber_filter& filter() const noexcept { return wanted_.filter; }
  subscriber_policy policy() const noexcept { return wanted_.policy; }

  /// It may be sent so many events more.
  void grant(std::uint32_t events) noexcept;

  /// The next one that may be sent now. One without events tells where to go on, now and then.
  std::optional<event_page> next_page(const gate_memory& memory);

  /// What the memory does not have any more or never had; one at a time.
  std::optional<gate_replay> wanted_replay(const gate_memory& memory);

  /// The answer; or there is none, and it will be asked for again.
  void replayed(event_page page);
  void replay_failed() noexcept { asked_ = false; }

  /// There is nothing to send until the memory takes more.
  bool has_all_of(const gate_memory& memory) const noexcept {
    return position_ == memory.reached() && !answer_;
  }

  /// Its policy is `disconnect`, and it was too slow for the memory.
  bool must_disconnect(const gate_memory& memory) const noexcept;

  /// Everything up to here is done with; nothing before the first page of the feed.
  const std::optional<cursor>& position() const noexcept { return position_; }
  std::uint32_t credit() const noexcept { return credit_; }
  monitor_feed_counters counters(const gate_memory& memory) const noexcept;

private:
  void begin_at(cursor position) noexcept;
  std::optional<event_page> page_of(event_page answer);
  std::optional<event_page> page_of(const gate_memory& memory);
  std::optional<event_page> to_tell(event_page page);
  bool waits_for(const gate_memory& memory) const noexcept;

  monitor_subscription wanted_;
  std::uint32_t credit_;
  std::optional<cursor> position_;
  cursor told_{};                        // the monitor knows of
  bool is_known_ = false;                // position_ is one that the gateway has told
  std::optional<std::uint64_t> held_in_; // generation of the memory that continued it

  bool asked_ = false;
  std::uint64_t asked_in_ = 0; // generation of the memory
  bool is_newest_ = false;     // the last answer reached the gateway's last event
  std::optional<event_page> answer_;

  monitor_feed_counters counters_; // without behind
};

} // namespace xylem
