#include "actors/remote/gateway_link.hpp"

#include "actors/error.hpp"

namespace xylem {

gateway_link_core::gateway_link_core(gateway_link_actor::pointer self, std::size_t position,
                                     const gateway_settings& settings, environment& env,
                                     supervisor_actor supervisor)
    : self_{self}, position_{position}, settings_{settings}, env_{env},
      supervisor_{std::move(supervisor)} {}

void gateway_link_core::connect(const gateway_wiring&) {}
void gateway_link_core::deliver(event_page&) {}
command_answer gateway_link_core::submit(const command_request&) {
  return {};
}
command_answer gateway_link_core::find(command_id) {
  return {};
}
void gateway_link_core::stop() {
  self_->quit(caf::exit_reason::user_shutdown);
}
void gateway_link_core::tick() {}
boost::json::object gateway_link_core::status() const {
  return {};
}

gateway_link_actor::behavior_type
gateway_link(io_actor_of<gateway_link_actor, gateway_link_core>* self, std::size_t position,
             const gateway_settings* settings, environment* env,
             const supervisor_actor& supervisor) {
  self->set_exception_handler(to_error);
  self->state.core
    = std::make_shared<gateway_link_core>(self, position, *settings, *env, supervisor);
  auto core = self->state.core.get();
  return {
    [core](const gateway_wiring_ptr& wiring) { core->connect(*wiring); },
    [core](event_page& page) { core->deliver(page); },
    [core](const command_request& asked) { return core->submit(asked); },
    [core](command_id id) { return core->find(id); },
    [core](stop_atom) { core->stop(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->tick(); },
  };
}

} // namespace xylem
