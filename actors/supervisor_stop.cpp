// How everything ends in order.
#include "actors/supervisor.hpp"

namespace xylem {

namespace {

/// What each phase of the end may take before its actors are ended by force.
constexpr std::array<std::chrono::milliseconds, 4> stop_grace{
  std::chrono::milliseconds{2'000},  // clients take their replies
  std::chrono::milliseconds{3'000},  // commands go out: two bursts and the silence between them
  std::chrono::milliseconds{10'000}, // everything is written down
  std::chrono::milliseconds{1'000}};

} // namespace

void supervisor_core::stop() {
  if (stopping_)
    return;
  stopping_ = true;
  log_.info("stopping");
  for (auto& who : children_)
    if (!who.address)
      who.state = child_state::ended;
  end(actor_role::socket_server);
  end(actor_role::web_server);
  end(actor_role::monitor_gate);
  end(actor_role::gateway_link);
  stop_next();
}

/// Clients first, then what they have sent, then it is written down, then the rest.
void supervisor_core::stop_next() {
  if (stop_phase_ == 0 && all_ended(actor_role::socket_server)
      && all_ended(actor_role::web_server) && all_ended(actor_role::monitor_gate)
      && all_ended(actor_role::gateway_link)) {
    stop_phase_ = 1;
    end(actor_role::uart);
  }
  if (stop_phase_ == 1 && all_ended(actor_role::uart)) {
    stop_phase_ = 2;
    end(actor_role::recorder);
  }
  if (stop_phase_ == 2 && all_ended(actor_role::recorder)) {
    stop_phase_ = 3;
    for (auto role : {actor_role::network_manager, actor_role::node_cache, actor_role::event_hub,
                      actor_role::capture})
      end(role);
  }
  if (std::ranges::all_of(children_,
                          [](const child& who) { return who.state == child_state::ended; })) {
    log_.info("stopped");
    self_->quit(ended_by_);
  }
}

bool supervisor_core::all_ended(actor_role role) const {
  return std::ranges::all_of(children_, [&](const child& who) {
    return who.role != role || who.state == child_state::ended;
  });
}

/// Asks the actors of a role to end, and ends them by force when their time is over.
void supervisor_core::end(actor_role role) {
  auto grace = stop_grace[stop_phase_];
  for (auto& who : children_) {
    if (who.role != role || who.state == child_state::ended)
      continue;
    if (role == actor_role::socket_server)
      self_->send(meshes_[who.mesh.value].actors.socket_server, stop_atom::value);
    else if (role == actor_role::web_server)
      self_->send(web_server_, stop_atom::value);
    else if (role == actor_role::uart)
      self_->send(meshes_[who.mesh.value].actors.uart, stop_atom::value);
    else if (role == actor_role::recorder)
      self_->send(recorder_, stop_atom::value);
    else if (role == actor_role::monitor_gate)
      self_->send(monitor_gate_, stop_atom::value);
    else if (role == actor_role::gateway_link)
      self_->send(gateways_[who.mesh.value].link, stop_atom::value);
    else
      self_->send_exit(who.address, caf::exit_reason::user_shutdown);
    self_->delayed_send(supervisor_actor{self_}, grace, stop_atom::value, who.mesh, who.role);
  }
}

void supervisor_core::force(mesh_index mesh, actor_role role) {
  auto& who = at(mesh, role);
  if (!stopping_ || who.state == child_state::ended || !who.address)
    return;
  log_.warning("a part did not end in time and is ended by force", {{"part", name_of(who)}});
  self_->send_exit(who.address, caf::exit_reason::kill);
}

} // namespace xylem
