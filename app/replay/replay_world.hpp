#pragma once

#include "actors/environment.hpp"
#include "actors/io_unit.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace xylem {

/// The time of a replay: it stands still until it is moved.
class replay_clock final : public clock_source {
public:
  instant now() const override;

  /// Both clocks move on.
  void move(mono_time::duration by) noexcept { mono_ += by; }

  /// The wall clock is set, as it was in the gateway.
  void set_wall(wall_time wall) noexcept {
    wall_ = wall;
    set_at_ = mono_;
  }

private:
  mono_time mono_{std::chrono::hours{24}}; // a gateway's clock has always been running for a while
  mono_time set_at_ = mono_;
  wall_time wall_{};
};

/// Actors without threads, clocks and ports of the machine. Everything runs in the calls below, in
/// an order that only depends on them: messages in the order of being sent, timers in that of
/// their time.
class replay_world {
public:
  explicit replay_world(port_opener open_port);

  /// Runs what can run without time.
  void run();

  /// Lets time pass, and stops wherever a message is due.
  void advance(mono_time::duration by);

  template <class Function, class... Arguments>
  auto spawn(Function function, Arguments... arguments) {
    caf::actor_config here{&unit_};
    return system.spawn_functor<caf::no_spawn_options>(std::true_type{}, here, function,
                                                       std::move(arguments)...);
  }

  boost::asio::io_context io{1};
  replay_clock clock;

private:
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };

  caf::detail::test_actor_clock& timers();
  void step(mono_time::duration by);

  config config_;
  logger log_; // says nothing

public:
  environment env;
  caf::actor_system system;

private:
  io_unit unit_;
};

} // namespace xylem
