#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"

namespace xylem {

/// One gateway that is followed. Owned by its actor.
class gateway_link_core {
public:
  gateway_link_core(gateway_link_actor::pointer self, std::size_t position,
                    const gateway_settings& settings, environment& env,
                    supervisor_actor supervisor);

  void connect(const gateway_wiring& wiring);
  void deliver(event_page& page);
  command_answer submit(const command_request& asked);
  command_answer find(command_id id);
  void stop();
  void tick();
  boost::json::object status() const;

private:
  gateway_link_actor::pointer self_;
  std::size_t position_;
  const gateway_settings& settings_;
  environment& env_;
  supervisor_actor supervisor_;
};

gateway_link_actor::behavior_type
gateway_link(io_actor_of<gateway_link_actor, gateway_link_core>* self, std::size_t position,
             const gateway_settings* settings, environment* env,
             const supervisor_actor& supervisor);

} // namespace xylem
