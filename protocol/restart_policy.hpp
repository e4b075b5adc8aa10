#pragma once

#include "protocol/limits.hpp"
#include "protocol/time.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace xylem {

/// How long to wait before the next attempt. Owned by the supervisor, one an actor.
class backoff {
public:
  struct steps {
    std::chrono::milliseconds shortest{50};
    std::chrono::milliseconds longest{2'000};
  };

  backoff() noexcept : backoff{steps{}} {}
  explicit backoff(steps which) noexcept : steps_{which}, step_{which.shortest} {}

  /// A child that lived this long has nothing to do with the failures before it.
  static constexpr std::chrono::seconds stable_after{10};

  void started(mono_time now) noexcept { started_ = now; }

  /// The child, or the attempt to start it, has failed. Any value of `random` will do; it spreads
  /// the wait over the upper half of the step, lest many children come back in step.
  std::chrono::milliseconds failed(mono_time now, std::uint32_t random) noexcept;

private:
  std::optional<mono_time> started_; // of the child that is running
  steps steps_;
  std::chrono::milliseconds step_;
};

/// Stops an actor that is restarted again and again, so that the rest of the gateway has peace.
class restart_budget {
public:
  static constexpr std::size_t restarts = 10;
  static constexpr std::chrono::seconds period{60};
  static constexpr std::chrono::seconds parked_for{30};

  /// Asks for one restart: nothing when it may happen, else when to ask again. More than
  /// `restarts` in a `period` park the actor; after that its budget is a full one.
  std::optional<mono_time> spend(mono_time now);

  bool is_parked(mono_time now) const noexcept { return now < parked_until_; }

private:
  std::deque<mono_time> spent_; // oldest first, of the last period
  mono_time parked_until_ = mono_time::min();
};

/// One failure of one actor, from its death until it runs again.
struct incident {
  std::uint64_t number = 0; ///< from 1 upwards
  std::string actor;
  std::string cause;
  instant start{};
  std::optional<instant> end{}; ///< nothing: it is not over
  std::string lost{};           ///< what did not survive; empty: nothing

  bool operator==(const incident&) const = default;
};

/// How long the incidents took that are over: a histogram as Prometheus has them.
struct restart_durations {
  static constexpr std::array<std::chrono::milliseconds, 6> bounds{
      std::chrono::milliseconds{1},      std::chrono::milliseconds{10},
      std::chrono::milliseconds{100},    std::chrono::milliseconds{1'000},
      std::chrono::milliseconds{10'000}, std::chrono::milliseconds{60'000}};

  std::array<std::uint64_t, bounds.size()> within{}; ///< how many took at most bounds[i]
  std::uint64_t count = 0;
  mono_time::duration sum{};
  mono_time::duration longest{};
};

/// Remembers the newest incidents; those that are not over are forgotten last.
class incident_log {
public:
  explicit incident_log(std::size_t kept = limits::incidents) : kept_{kept} {}

  /// Its number, by which it is closed.
  std::uint64_t open(std::string actor, std::string cause, instant now);

  /// The actor runs again. Null when the incident is over or forgotten; lives until open().
  const incident* close(std::uint64_t number, std::string lost, instant now);

  const std::deque<incident>& incidents() const noexcept { return incidents_; } ///< oldest first
  std::uint64_t total() const noexcept { return total_; } ///< also the forgotten ones
  const restart_durations& durations() const noexcept { return durations_; }

private:
  std::size_t kept_;
  std::uint64_t total_ = 0;
  std::deque<incident> incidents_; // by number
  restart_durations durations_;
};

} // namespace xylem
