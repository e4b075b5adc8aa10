#pragma once

#include "actors/io_unit.hpp"

#include <caf/actor_config.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace xylem {

/// Base of every actor on the I/O thread: it runs there whoever sends it a message, a timer or
/// another thread included. Its handlers and those of the sockets it owns therefore never run at
/// the same time, and need no lock. Spawned on anything but an io_unit (a test's scheduler), it
/// is an ordinary actor.
template <class Handle>
class io_actor : public Handle::base {
public:
  using super = typename Handle::base;

  explicit io_actor(caf::actor_config& config)
      : super{config}, unit_{dynamic_cast<io_unit*>(config.host)} {}

  using super::enqueue;

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override {
    super::enqueue(std::move(what), unit_ ? unit_ : host);
  }

  void launch(caf::execution_unit* host, bool lazy, bool hide) override {
    super::launch(unit_ ? unit_ : host, lazy, hide);
  }

  /// Does `work` in a callback of a socket, and runs at once the actors that it has given something
  /// to do, not after the other handlers of this poll cycle.
  template <class Work>
  void work_and_run_others(Work work) {
    if (unit_)
      unit_->work_and_run(work);
    else
      work();
  }

private:
  io_unit* unit_;
};

/// Ends an actor from a callback of its socket or port: outside of its handlers it cannot quit().
inline void end_actor(caf::local_actor& self, caf::error reason) {
  self.enqueue(nullptr, caf::make_message_id(),
               caf::make_message(caf::exit_msg{self.address(), std::move(reason)}), nullptr);
}

/// The state of an actor whose work is done by a class that is constructed with what it needs.
/// Callbacks of sockets and ports hold the core weakly: it dies with the actor, or is shut down
/// then, if a callback that runs just now keeps it.
template <class Core>
struct state_of {
  std::shared_ptr<Core> core;

  ~state_of() {
    if constexpr (requires { core->shut_down(); })
      if (core)
        core->shut_down();
  }
};

template <class Handle, class Core>
using io_actor_of = caf::stateful_actor<state_of<Core>, io_actor<Handle>>;

} // namespace xylem
