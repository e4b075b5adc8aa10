// Who is started from what, and who is told of whom.
#include "actors/supervisor.hpp"

#include "actors/capture.hpp"
#include "actors/event_hub.hpp"
#include "actors/monitor_gate.hpp"
#include "actors/network_manager.hpp"
#include "actors/node_cache.hpp"
#include "actors/recorder.hpp"
#include "actors/remote/gateway_link.hpp"
#include "actors/socket_server.hpp"
#include "actors/uart.hpp"
#include "actors/web_server.hpp"
#include "protocol/followed_events.hpp"

namespace xylem {

namespace {

/// Commands of one network manager; the next one of its mesh numbers on from there.
constexpr std::uint64_t commands_of_a_life = 1'000'000'000;

} // namespace

std::string_view to_string(actor_role role) noexcept {
  switch (role) {
    case actor_role::supervisor: return "supervisor";
    case actor_role::uart: return "uart";
    case actor_role::network_manager: return "network_manager";
    case actor_role::node_cache: return "node_cache";
    case actor_role::socket_server: return "socket_server";
    case actor_role::event_hub: return "event_hub";
    case actor_role::web_server: return "web_server";
    case actor_role::recorder: return "recorder";
    case actor_role::capture: return "capture";
    case actor_role::monitor_gate: return "monitor_gate";
    case actor_role::gateway_link: return "gateway_link";
  }
  return "unknown";
}

bool is_of_gateway(actor_role role) noexcept {
  return role == actor_role::event_hub || role == actor_role::web_server
         || role == actor_role::recorder || role == actor_role::monitor_gate;
}

bool is_of_mesh(actor_role role) noexcept {
  return !is_of_gateway(role) && role != actor_role::gateway_link && role != actor_role::supervisor;
}

void supervisor_core::spawn(child& who) {
  who.state = child_state::running;
  who.asked_again = false;
  who.wait.started(env_.clock.now().mono);
  if (is_of_mesh(who.role))
    spawn_of_mesh(who);
  else
    spawn_of_gateway(who);
  if (env_.on_start)
    env_.on_start(name_of(who), who.address);
}

void supervisor_core::spawn_of_gateway(child& who) {
  if (who.role == actor_role::web_server) {
    web_server_ = self_->spawn<caf::monitored>(web_server, &settings_, env_.assets, &env_);
    who.address = web_server_.address();
    return;
  }
  if (who.role == actor_role::recorder) {
    recorder_ = self_->spawn<caf::monitored + caf::detached>(recorder, &settings_, &env_,
                                                             supervisor_actor{self_});
    who.address = recorder_.address();
    return;
  }
  if (who.role == actor_role::monitor_gate) {
    monitor_gate_ = self_->spawn<caf::monitored>(monitor_gate, &settings_, &env_);
    who.address = monitor_gate_.address();
    return;
  }
  if (who.role == actor_role::gateway_link) {
    auto& link = gateways_[who.mesh.value].link;
    link = self_->spawn<caf::monitored>(gateway_link, who.mesh.value, &settings_, &env_,
                                        supervisor_actor{self_});
    who.address = link.address();
    return;
  }
  auto now = static_cast<std::uint64_t>(env_.clock.now().wall.time_since_epoch().count());
  last_epoch_ = std::max(now, last_epoch_ + 1);
  hub_ = self_->spawn<caf::monitored>(event_hub, settings_.events, last_epoch_, &env_);
  who.address = hub_.address();
}

void supervisor_core::spawn_of_mesh(child& who) {
  auto& mesh = meshes_[who.mesh.value];
  auto& actors = mesh.actors;
  auto settings = &mesh.settings;
  switch (who.role) {
    case actor_role::node_cache:
      actors.node_cache
        = self_->spawn<caf::monitored>(node_cache, who.mesh, settings, mesh.speech, &env_);
      who.address = actors.node_cache.address();
      break;
    case actor_role::network_manager: {
      ledger_settings ledger{.commands = settings->transmit_queue_commands,
                             .bytes = settings->transmit_queue_bytes,
                             .ttl = settings->command_ttl,
                             .first_id = who.restarts * commands_of_a_life + who.mesh.value + 1,
                             .id_step = meshes_.size()};
      actors.network_manager = self_->spawn<caf::monitored>(network_manager, who.mesh, settings,
                                                            mesh.speech, &env_, ledger);
      who.address = actors.network_manager.address();
      break;
    }
    case actor_role::socket_server:
      actors.socket_server
        = self_->spawn<caf::monitored>(socket_server, who.mesh, settings, mesh.speech, &env_);
      who.address = actors.socket_server.address();
      break;
    case actor_role::uart:
      actors.uart = self_->spawn<caf::monitored>(uart, who.mesh, settings, mesh.speech, &env_);
      who.address = actors.uart.address();
      break;
    case actor_role::capture:
      actors.capture = self_->spawn<caf::monitored>(capture, settings, &env_);
      who.address = actors.capture.address();
      break;
    case actor_role::event_hub:
    case actor_role::web_server:
    case actor_role::recorder:
    case actor_role::monitor_gate:
    case actor_role::gateway_link:
    case actor_role::supervisor: break;
  }
}

void supervisor_core::wire(mesh_index index) {
  auto& mesh = meshes_[index.value];
  auto& actors = mesh.actors;
  actors.commands = mesh.gateway ? command_desk_actor{gateways_[*mesh.gateway].link}
                                 : command_desk_actor{actors.network_manager};
  actors.event_hub = hub_;
  actors.web_server = web_server_;
  actors.recorder = recorder_;
  actors.supervisor = supervisor_actor{self_};
  auto wiring = std::make_shared<const mesh_wiring>(actors);
  self_->send(actors.node_cache, wiring);
  if (mesh.gateway)
    return;
  self_->send(actors.network_manager, wiring);
  self_->send(actors.socket_server, wiring);
  self_->send(actors.uart, wiring);
}

void supervisor_core::wire_all() {
  for (std::size_t i = 0; i < meshes_.size(); ++i)
    wire(mesh_index{static_cast<std::uint16_t>(i)});
  wire_gateway();
}

void supervisor_core::wire_gateway() {
  auto all = std::make_shared<gateway_wiring>();
  for (const auto& mesh : meshes_)
    all->meshes.push_back(mesh.actors);
  std::vector<std::vector<instance_id>> served_there;
  for (const auto& gateway : gateways_) {
    all->gateways.push_back({gateway.link, gateway.meshes});
    served_there.push_back(gateway.serves);
  }
  all->serves = served(env_.instance, served_there);
  all->event_hub = hub_;
  all->recorder = recorder_;
  all->supervisor = supervisor_actor{self_};
  gateway_wiring_ptr wiring{std::move(all)};
  self_->send(web_server_, wiring);
  self_->send(recorder_, wiring);
  self_->send(monitor_gate_, wiring);
  for (const auto& gateway : gateways_)
    self_->send(gateway.link, wiring);
}

/// Nobody is told an address that nobody listens on: who needs the actor says at once that it is
/// not available.
void supervisor_core::forget(const child& who) {
  auto of_mesh = [&]() -> mesh_wiring& { return meshes_[who.mesh.value].actors; };
  switch (who.role) {
    case actor_role::uart: of_mesh().uart = nullptr; break;
    case actor_role::network_manager: of_mesh().network_manager = nullptr; break;
    case actor_role::node_cache: of_mesh().node_cache = nullptr; break;
    case actor_role::socket_server: of_mesh().socket_server = nullptr; break;
    case actor_role::event_hub: hub_ = nullptr; break;
    case actor_role::web_server: web_server_ = nullptr; break;
    case actor_role::recorder: recorder_ = nullptr; break;
    case actor_role::capture: of_mesh().capture = nullptr; break;
    case actor_role::monitor_gate: monitor_gate_ = nullptr; break;
    case actor_role::gateway_link: gateways_[who.mesh.value].link = nullptr; break;
    case actor_role::supervisor: break;
  }
}

void supervisor_core::wire_around(const child& who) {
  if (!begun_)
    return start_others(); // the recorder has died before it was ready
  if (!is_of_mesh(who.role))
    return wire_all();
  wire(who.mesh);
  wire_gateway();
}

} // namespace xylem
