#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"

namespace xylem {

/// The process that monitors connect to, as the gateway sees it. Owned by its actor.
class monitor_gate_core {
public:
  monitor_gate_core(monitor_gate_actor::pointer self, const gateway_settings& settings,
                    environment& env);

  void connect(const gateway_wiring& wiring);
  void take_news();
  void allow(const allow_list& names);
  void stop();
  void tick();
  boost::json::object status() const;

private:
  monitor_gate_actor::pointer self_;
  const gateway_settings& settings_;
  environment& env_;
};

monitor_gate_actor::behavior_type
monitor_gate(io_actor_of<monitor_gate_actor, monitor_gate_core>* self,
             const gateway_settings* settings, environment* env);

} // namespace xylem
