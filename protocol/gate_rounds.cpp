#include "protocol/gate_rounds.hpp"

#include <algorithm>

namespace xylem {

bool gate_rounds::is_in_round() const noexcept {
  return state_ != state::idle && state_ != state::rests;
}

void gate_rounds::begin(mono_time now) noexcept {
  state_ = state::begins;
  began_ = now;
}

bool gate_rounds::news(mono_time now) noexcept {
  auto begins = !is_in_round() || now - began_ >= longest_round;
  if (begins)
    begin(now);
  else if (state_ == state::sends)
    state_ = state::sends_late;
  return begins;
}

void gate_rounds::sends() noexcept {
  if (state_ == state::begins)
    state_ = state::sends;
}

std::optional<mono_time::duration> gate_rounds::ended(mono_time now) noexcept {
  if (!is_in_round())
    return std::nullopt;
  auto is_late = state_ == state::sends_late;
  state_ = is_late ? state::rests : state::idle;
  if (!is_late)
    return std::nullopt;
  return std::min<mono_time::duration>((now - began_) / 2, longest_rest);
}

bool gate_rounds::rested(mono_time now) noexcept {
  auto begins = state_ == state::rests;
  if (begins)
    begin(now);
  return begins;
}

} // namespace xylem
