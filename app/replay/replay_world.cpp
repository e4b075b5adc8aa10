#include "app/replay/replay_world.hpp"

#include <spdlog/sinks/null_sink.h>

namespace xylem {

instant replay_clock::now() const {
  return {mono_, wall_ + std::chrono::floor<std::chrono::milliseconds>(mono_ - set_at_)};
}

replay_world::replay_world(port_opener open_port)
    : log_{{{log_level::error, log_format::logfmt},
            std::make_shared<spdlog::sinks::null_sink_st>(),
            [this] { return clock.now(); }}},
      env{io, clock, log_, std::move(open_port)}, system{config_}, unit_{system, io} {}

void replay_world::run() {
  io.restart();
  while (io.poll() > 0)
    io.restart();
}

void replay_world::advance(mono_time::duration by) {
  run();
  auto& schedule = timers().schedule();
  auto end = timers().now() + by;
  while (!schedule.empty() && schedule.begin()->first <= end)
    step(std::max(schedule.begin()->first - timers().now(), mono_time::duration::zero()));
  step(end - timers().now());
}

caf::detail::test_actor_clock& replay_world::timers() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler()).clock();
}

void replay_world::step(mono_time::duration by) {
  clock.move(by);
  timers().advance_time(by);
  run();
}

} // namespace xylem
