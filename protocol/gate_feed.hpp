#pragma once

#include "protocol/gate_frames.hpp"
#include "protocol/replay.hpp"

namespace xylem {

/// What was found behind a cursor as one page for a gate: at most 512 events and 512 KiB. What does
/// not fit comes with the next one.
event_page page_for_gate(replay_page found);

/// What a gate is fed, page by page, while it has credit (monitor §6). Nothing is kept but the
/// position. One question to the hub at a time; whoever owns this asks it. However often a gate
/// follows anew: what was asked before has its answer first, unless the hub holds it.
class gate_feed {
public:
  /// Under way: a gate that is sending makes nobody wait, and is rarely asked for more.
  static constexpr std::uint32_t most_pages = 16;

  /// A question, and by which number its answer is known.
  struct question {
    std::uint64_t serial = 0;
    replay_query asked{};
    bool may_wait = false; ///< for something to tell: the gate knows where the gateway is
  };

  /// Replaces what was.
  void follow(const gate_follow& what);

  /// That many pages more; beyond 16 in all they are not counted.
  void more(std::uint32_t pages) noexcept;

  /// Another hub, or none: what was asked is not answered any more.
  void hub_changed() noexcept;

  /// What to ask the hub now.
  std::optional<question> next();

  /// Its answer; what of it goes to the gate. Nothing: that is not what was asked last, or there is
  /// nothing to tell.
  std::optional<event_page> take(std::uint64_t serial, replay_page found);

  /// There is no answer. True: it is missed, and asked for once more after hub_changed() or
  /// ask_again().
  bool failed(std::uint64_t serial) noexcept;
  void ask_again() noexcept;

  std::uint32_t credit() const noexcept { return credit_; }
  std::uint64_t sent() const noexcept { return sent_; } ///< events

private:
  enum class state : std::uint8_t { idle, due, asked, failed };

  state state_ = state::idle;
  void came_back(std::uint64_t serial) noexcept;

  std::uint64_t serial_ = 0;
  std::optional<std::uint64_t> under_way_; // a question that does not wait for events
  std::optional<cursor> position_;
  std::optional<std::uint64_t> told_epoch_; // nothing: the gate knows no position yet
  std::uint32_t credit_ = 0;
  std::uint64_t sent_ = 0;
};

} // namespace xylem
