#pragma once

#include "actors/settings.hpp"
#include "protocol/capture.hpp"
#include "protocol/saved_state.hpp"

#include <functional>

namespace xylem {

/// What a replay gives (record §4).
struct replay_sinks {
  /// Each event as WEB.md §3.3 has it, one line, in order; `epoch` is the wall time of the first packet.
  std::function<void(std::string_view line)> event{};
};

/// Runs captured traffic through the actors of a gateway, in the time of the capture. Nothing of
/// it reads a clock, a random number or the machine: the same packets and settings give the same
/// events and the same state.
class replay_run {
public:
  replay_run(gateway_settings settings, replay_sinks sinks);
  ~replay_run();

  /// The next packet, in the order of the capture; time moves on to it first.
  void feed(const capture_packet& packet);

  /// Time moves on without traffic.
  void advance(std::chrono::milliseconds by);

  /// The state, as a snapshot would keep it (record §3).
  saved_state state();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace xylem
