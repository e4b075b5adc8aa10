#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <optional>

namespace xylem {

/// When a gate sends what is new (monitor §3): in rounds of one page for each of its monitors. A
/// gate that has the time begins one with each news. What comes while a round is sent goes out in
/// the next one, which begins after a rest of half the round's time, or with the news that ends the
/// rest: who is behind has more in a page, and fewer of them to send. Not thread-safe.
class gate_rounds {
public:
  /// Beyond it waiting costs more than the pages that it saves.
  static constexpr std::chrono::milliseconds longest_rest{1};

  /// A round whose end nobody tells, as memory was missing for it, is over then.
  static constexpr std::chrono::seconds longest_round{1};

  /// There is something new. True: a round begins.
  bool news(mono_time now) noexcept;

  /// Its pages are made from here on: they do not have what comes now.
  void sends() noexcept;

  /// They are on their way. How long to rest; nothing: until the next news.
  std::optional<mono_time::duration> ended(mono_time now) noexcept;

  /// It has rested for so long. True: a round begins.
  bool rested(mono_time now) noexcept;

private:
  enum class state : std::uint8_t { idle, begins, sends, sends_late, rests };

  bool is_in_round() const noexcept;
  void begin(mono_time now) noexcept;

  state state_ = state::idle;
  mono_time began_{};
};

} // namespace xylem
