#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "actors/service_manager.hpp"
#include "protocol/service_pulse.hpp"

namespace xylem {

/// An actor that the supervisor has started, perhaps anew.
struct started_actor {
  std::string name{};
  caf::actor_addr address{};
};

/// What `systemctl status` shows at the end of the line; empty: nothing.
struct service_note {
  std::string text{};
};

using pulse_atom = caf::atom_constant<caf::atom("pulse")>;

/// The SERVICE WATCH tells the service manager how the gateway is. Nobody else knows of it: it is
/// told by who wires the gateway, asks everybody, and is not there without a service manager.
using service_watch_actor = caf::typed_actor<
  caf::reacts_to<started_actor>,
  caf::reacts_to<service_note>,
  // INTERNAL: look at the status.
  caf::reacts_to<tick_atom>,
  // INTERNAL: the watchdog is told, if all have answered, and they are asked again.
  caf::reacts_to<pulse_atom>>;

/// Asks every critical actor in time for the watchdog, and the supervisor for one line of status.
/// Owned by its actor.
class service_watch_core {
public:
  service_watch_core(service_watch_actor::pointer self, supervisor_actor root,
                     service_manager& manager, environment& env);

  void started(const started_actor& who);
  void note(const service_note& what);
  void tick();
  void pulse();

private:
  void look(std::function<void()> then);
  void show(const boost::json::object& status);
  void ask(const std::string& name, const caf::actor_addr& address, mono_time now);

  service_watch_actor::pointer self_;
  supervisor_actor root_;
  service_manager& manager_;
  environment& env_;
  actor_log log_;
  service_pulse pulse_;
  std::map<std::string, caf::actor_addr> actors_; // the critical ones that were started
  std::string note_;
  mono_time began_;
  mono_time extended_;
};

service_watch_actor::behavior_type
service_watch(io_actor_of<service_watch_actor, service_watch_core>* self, supervisor_actor root,
              service_manager* manager, environment* env);

} // namespace xylem

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::started_actor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::service_note)
