#pragma once

#include "actors/settings.hpp"
#include "protocol/capture.hpp"
#include "protocol/saved_state.hpp"

#include <functional>
#include <memory>
#include <stdexcept>

namespace xylem {

/// What a replay gives (record §4).
struct replay_sinks {
  /// Each event as WEB.md §3.3 has it, one line without its end, in order; `epoch` is the wall
  /// time of the first traffic.
  std::function<void(std::string_view line)> event{};
};

/// A capture that cannot be replayed, or an actor that died of it; the text says why.
class replay_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Longest time without a packet that is gone through; clocks that were captured do not jump so.
inline constexpr std::chrono::hours longest_replayed_gap{24 * 7};

/// Runs captured traffic through the actors of a gateway, in the time of the capture. Nothing of
/// it reads a clock, a random number or the machine: the same packets and settings give the same
/// events and the same state. What the supervisor tells of itself (incidents) is not told.
class replay_run {
public:
  /// `settings.meshes` are those of the capture (replay_settings.hpp).
  replay_run(gateway_settings settings, replay_sinks sinks);
  ~replay_run();

  /// The next packet, in the order of the capture; time moves on to it first. Throws replay_error.
  void feed(const capture_packet& packet);

  /// Time moves on without traffic; not before the first packet.
  void advance(mono_time::duration by);

  /// How far time has moved since the first traffic.
  mono_time::duration elapsed() const noexcept;

  /// The state, as a snapshot would keep it (record §3).
  saved_state state();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace xylem
