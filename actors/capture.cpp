#include "actors/capture.hpp"

#include "actors/error.hpp"

namespace xylem {

capture_core::capture_core(const mesh_settings& settings, environment& env)
    : settings_{settings}, since_{env.clock.now().wall}, ring_{settings.capture_bytes} {}

/// Each page says what is true for all of its ring: whoever exports it begins with that.
capture_page capture_core::read(const capture_query& asked) const {
  auto page = ring_.read(asked);
  page.since = since_;
  page.dialect = settings_.dialect;
  return page;
}

boost::json::object capture_core::status() const {
  return {{"records", ring_.size()},
          {"bytes", ring_.bytes_used()},
          {"limit", ring_.max_bytes()},
          {"overwritten", ring_.overwritten()}};
}

capture_actor::behavior_type capture(io_actor_of<capture_actor, capture_core>* self,
                                     const mesh_settings* settings, environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<capture_core>(*settings, *env);
  auto core = self->state.core.get();
  return {
    [core](captured& what) { core->push(std::move(what)); },
    [core](const capture_query& asked) { return core->read(asked); },
    [core](status_atom) { return actor_status{core->status()}; },
  };
}

} // namespace xylem
