#pragma once

#include "actors/environment.hpp"
#include "actors/io_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace xylem::testing {

using namespace std::chrono_literals;

class moved_clock final : public clock_source {
public:
  instant now() const override { return now_; }

  void move(mono_time::duration by) {
    now_.mono += by;
    now_.wall = start + std::chrono::floor<milliseconds>(now_.mono.time_since_epoch() - 24h);
  }

  /// 2023-11-14T22:13:20Z, when the monotonic clock reads 24 h.
  static constexpr wall_time start{1'700'000'000'000ms};

private:
  instant now_{mono_time{24h}, start};
};

/// Actors without threads: they run when the test says so, in a time that the test moves. Declare
/// it after what the actors use and before handles to them.
class actor_fixture {
public:
  explicit actor_fixture(port_opener open_port = {})
      : env{io, clock, log, std::move(open_port)}, scheduler_{coordinator_of(system)} {}

  ~actor_fixture() {
    for (auto tries = 0; system.registry().running() > 0 && tries < 100; ++tries) {
      for (const auto& [id, actor] : seen_)
        caf::anon_send_exit(actor, caf::exit_reason::kill);
      run();
    }
    if (system.registry().running() > 0)
      std::abort(); // or the actor system would wait for them in silence, for ever
  }

  /// Runs whatever can run now, on both sides: the handlers of sockets and the actors.
  void run() {
    for (auto busy = true; busy;) {
      io.restart();
      busy = io.poll() > 0;
      for (; scheduler_.has_job(); busy = true)
        run_actor();
    }
  }

  /// Lets time pass, and stops wherever a message is due.
  void advance(mono_time::duration span) {
    run();
    auto& timers = scheduler_.clock();
    auto end = timers.now() + span;
    while (!timers.schedule().empty() && timers.schedule().begin()->first <= end)
      step(std::max(timers.schedule().begin()->first - timers.now(), mono_time::duration::zero()));
    step(end - timers.now());
  }

  /// What actors have CAF's clock wait for: delayed messages, and requests with a time-out.
  std::size_t timers() const { return scheduler_.clock().schedule().size(); }

  /// For sockets: goes on until the condition holds. The deadline only ends a test that fails.
  template <class Condition>
  [[nodiscard]] bool until(Condition condition) {
    for (auto deadline = std::chrono::steady_clock::now() + 20s;;) {
      run();
      if (condition())
        return true;
      if (std::chrono::steady_clock::now() > deadline)
        return false;
    }
  }

  /// The newest actor that works by this core.
  template <class Handle, class Core>
  Handle newest() const {
    for (auto each = seen_.rbegin(); each != seen_.rend(); ++each)
      if (auto found = dynamic_cast<io_actor_of<Handle, Core>*>(
            caf::actor_cast<caf::abstract_actor*>(each->second)))
        return Handle{found};
    return {};
  }

  /// Learns why an actor has ended; nothing while it lives.
  template <class Handle>
  std::shared_ptr<std::optional<caf::error>> end_of(const Handle& actor) {
    auto end = std::make_shared<std::optional<caf::error>>();
    actor->attach_functor([end](const caf::error& reason) { *end = reason; });
    return end;
  }

  std::size_t count_in_log(std::string_view text) const {
    auto all = written_.str();
    std::size_t count = 0;
    for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1))
      ++count;
    return count;
  }

private:
  struct testing_config : caf::actor_system_config {
    testing_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  static caf::scheduler::test_coordinator& coordinator_of(caf::actor_system& system) {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }

  void step(mono_time::duration span) {
    clock.move(span);
    scheduler_.advance_time(span);
    run();
  }

  void run_actor() {
    auto actor = dynamic_cast<caf::scheduled_actor*>(scheduler_.jobs.front());
    if (actor)
      seen_.emplace(actor->id(), caf::actor_cast<caf::strong_actor_ptr>(actor));
    scheduler_.try_run_once();
    if (actor)
      actor->context(nullptr); // was that of this run; callbacks of sockets send outside of runs
  }

  std::ostringstream written_;
  testing_config config_;

public:
  boost::asio::io_context io;
  moved_clock clock;
  logger log{{{log_level::debug, log_format::logfmt},
              std::make_shared<spdlog::sinks::ostream_sink_mt>(written_),
              [this] { return clock.now(); }}};
  environment env;
  caf::actor_system system{config_};

private:
  caf::scheduler::test_coordinator& scheduler_;
  std::map<caf::actor_id, caf::strong_actor_ptr> seen_; // every actor that has run
};

} // namespace xylem::testing
