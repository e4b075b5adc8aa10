#include "actors/monitor_gate.hpp"

#include "actors/error.hpp"

namespace xylem {

monitor_gate_core::monitor_gate_core(monitor_gate_actor::pointer self,
                                     const gateway_settings& settings, environment& env)
    : self_{self}, settings_{settings}, env_{env} {}

void monitor_gate_core::connect(const gateway_wiring&) {}
void monitor_gate_core::take_news() {}
void monitor_gate_core::allow(const allow_list&) {}
void monitor_gate_core::stop() {
  self_->quit(caf::exit_reason::user_shutdown);
}
void monitor_gate_core::tick() {}
boost::json::object monitor_gate_core::status() const {
  return {};
}

monitor_gate_actor::behavior_type
monitor_gate(io_actor_of<monitor_gate_actor, monitor_gate_core>* self,
             const gateway_settings* settings, environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<monitor_gate_core>(self, *settings, *env);
  auto core = self->state.core.get();
  return {
    [core](const gateway_wiring_ptr& wiring) { core->connect(*wiring); },
    [core](news_atom) { core->take_news(); },
    [core](const allow_list& names) { core->allow(names); },
    [core](stop_atom) { core->stop(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->tick(); },
  };
}

} // namespace xylem
