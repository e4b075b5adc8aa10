#include "actors/supervisor.hpp"

#include "actors/capture.hpp"
#include "actors/error.hpp"
#include "actors/event_hub.hpp"
#include "actors/network_manager.hpp"
#include "actors/node_cache.hpp"
#include "actors/recorder.hpp"
#include "actors/serial_port.hpp"
#include "actors/socket_server.hpp"
#include "actors/uart.hpp"
#include "actors/web_server.hpp"

#include <caf/send.hpp>

namespace xylem {

namespace {

/// What each phase of the end may take before its actors are ended by force.
constexpr std::array<std::chrono::milliseconds, 4> stop_grace{
  std::chrono::milliseconds{2'000},  // clients take their replies
  std::chrono::milliseconds{3'000},  // commands go out: two bursts and the silence between them
  std::chrono::milliseconds{10'000}, // everything is written down
  std::chrono::milliseconds{1'000}};

/// A disk that is slower than this does not keep the gateway from starting.
constexpr auto recorder_time = std::chrono::seconds{15};

/// A retry that no timer has asked for: the port's folder has changed.
constexpr std::uint64_t no_timer = 0;

/// Commands of one network manager; the next one of its mesh numbers on from there.
constexpr std::uint64_t commands_of_a_life = 1'000'000'000;

/// What does not survive a crash of each actor; the recorder gives back what it knows.
std::string_view loss_of(actor_role role, bool is_recorded) {
  switch (role) {
    case actor_role::uart: return "bytes of an unfinished frame";
    case actor_role::network_manager:
      return is_recorded ? "" : "the state of commands that were waiting";
    case actor_role::node_cache:
      return is_recorded ? "which nodes were active"
                         : "readings and the list of nodes, until they are heard again";
    case actor_role::socket_server: return "client connections";
    case actor_role::event_hub: return is_recorded ? "" : "the ring of recent events";
    case actor_role::web_server: return "web connections";
    case actor_role::recorder: return "";
    case actor_role::capture: return "captured traffic";
    case actor_role::supervisor: break;
  }
  return "";
}

/// One for all meshes.
bool is_of_gateway(actor_role role) noexcept {
  return role == actor_role::event_hub || role == actor_role::web_server
         || role == actor_role::recorder;
}

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
  }
  return "unknown";
}

supervisor_core::supervisor_core(supervisor_actor::pointer self, const gateway_settings& settings,
                                 environment& env)
    : self_{self}, settings_{settings}, env_{env}, log_{env.log, "supervisor"},
      started_{env.clock.now()}, random_{std::random_device{}()} {}

/// Whatever ended it, nobody is left behind: an actor without a supervisor would run for ever.
supervisor_core::~supervisor_core() {
  for (const auto& who : children_)
    if (who.address)
      caf::anon_send_exit(caf::actor_cast<caf::actor>(who.address), caf::exit_reason::kill);
  for (auto& each : meshes_)
    if (each.watch)
      each.watch->stop();
}

// -- starting

void supervisor_core::start() {
  children_.push_back({.role = actor_role::event_hub, .mesh = {}});
  for (const auto& settings : settings_.meshes) {
    auto index = mesh_index{static_cast<std::uint16_t>(meshes_.size())};
    meshes_.push_back({.settings = settings,
                       .speech = make_dialect(settings.dialect, {settings.request_address})});
    for (auto role : {actor_role::node_cache, actor_role::network_manager,
                      actor_role::socket_server, actor_role::uart})
      children_.push_back({.role = role, .mesh = index});
    if (settings.capture_bytes > 0)
      children_.push_back({.role = actor_role::capture, .mesh = index});
  }
  if (settings_.web.enabled)
    children_.push_back({.role = actor_role::web_server, .mesh = {}});
  tick();
  if (!settings_.state_dir.empty() && settings_.recorder.enabled) {
    children_.push_back({.role = actor_role::recorder, .mesh = {}});
    spawn(children_.back());
    self_->delayed_send(supervisor_actor{self_}, recorder_time, ready_atom::value,
                        std::uint64_t{0});
  } else {
    start_others();
  }
}

/// Once the recorder knows what was before.
void supervisor_core::start_others() {
  begun_ = true;
  for (auto& each : children_)
    if (each.role != actor_role::recorder)
      spawn(each);
  wire_all();
}

void supervisor_core::spawn(child& who) {
  who.state = child_state::running;
  who.asked_again = false;
  who.wait.started(env_.clock.now().mono);
  if (is_of_gateway(who.role))
    spawn_of_gateway(who);
  else
    spawn_of_mesh(who);
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
    case actor_role::supervisor: break;
  }
}

void supervisor_core::wire(mesh_index index) {
  auto& actors = meshes_[index.value].actors;
  actors.event_hub = hub_;
  actors.web_server = web_server_;
  actors.recorder = recorder_;
  actors.supervisor = supervisor_actor{self_};
  auto wiring = std::make_shared<const mesh_wiring>(actors);
  self_->send(actors.node_cache, wiring);
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
  all->event_hub = hub_;
  all->recorder = recorder_;
  all->supervisor = supervisor_actor{self_};
  gateway_wiring_ptr wiring{std::move(all)};
  self_->send(web_server_, wiring);
  self_->send(recorder_, wiring);
}

// -- failing and restarting

void supervisor_core::down(const caf::down_msg& message) {
  auto who = find(message.source);
  if (!who)
    return; // an earlier incarnation
  who->address = {};
  if (stopping_) {
    who->state = child_state::ended;
    return stop_next();
  }
  if (who->role == actor_role::uart) {
    self_->send(meshes_[who->mesh.value].actors.network_manager,
                link_report{link_state::down, describe(message.reason)});
    forget(*who);
  }
  if (is(message.reason, gateway_error::cannot_serve) && !who->has_run)
    return fail_start(message.reason);
  if (is(message.reason, gateway_error::port_lost)
      || is(message.reason, gateway_error::port_unavailable))
    return wait_for_port(*who, message.reason);
  restart(*who, message.reason);
}

/// A port that is not there is a state, not a failure: it costs no restart budget.
void supervisor_core::wait_for_port(child& uart, const caf::error& reason) {
  auto& mesh = meshes_[uart.mesh.value];
  auto cause = describe(reason);
  if (is(reason, gateway_error::port_lost)) {
    ++uart.restarts;
    begin_incident(uart, "port lost: " + cause);
  }
  if (uart.waits_for != cause)
    log_.warning("waiting for the port", {{"mesh", mesh.settings.name},
                                          {"serial", mesh.settings.serial},
                                          {"reason", cause}});
  uart.state = child_state::waiting;
  uart.waits_for = cause;
  if (!mesh.watch && !is_network_port(mesh.settings.serial)) {
    auto self = supervisor_actor{self_};
    mesh.watch = std::make_shared<port_watch>(
      env_.io, mesh.settings.serial,
      [self, index = uart.mesh] {
        caf::anon_send(self, retry_atom::value, index, actor_role::uart, no_timer);
      });
    mesh.watch->start();
    uart.asked_again = true; // it may have come back between the failure and the watch
  }
  if (uart.asked_again) {
    self_->send(supervisor_actor{self_}, retry_atom::value, uart.mesh, uart.role, no_timer);
    return;
  }
  retry_later(uart, uart.wait.failed(env_.clock.now().mono, static_cast<std::uint32_t>(random_())));
}

void supervisor_core::restart(child& who, const caf::error& reason) {
  auto now = env_.clock.now().mono;
  ++who.restarts;
  who.has_run = true;
  begin_incident(who, describe(reason));
  if (auto parked_until = who.budget.spend(now)) {
    who.state = child_state::parked;
    log_.error("too many restarts, parked", {{"child", name_of(who)}});
    forget(who);
    wire_around(who);
    return retry_later(who, *parked_until - now);
  }
  spawn(who);
  if (who.role != actor_role::uart)
    end_incident(who);
  wire_around(who);
}

/// Nobody is told an address that nobody listens on: who needs the actor says at once that it is
/// not available.
void supervisor_core::forget(const child& who) {
  auto& actors = meshes_[who.mesh.value].actors;
  switch (who.role) {
    case actor_role::uart: actors.uart = nullptr; break;
    case actor_role::network_manager: actors.network_manager = nullptr; break;
    case actor_role::node_cache: actors.node_cache = nullptr; break;
    case actor_role::socket_server: actors.socket_server = nullptr; break;
    case actor_role::event_hub: hub_ = nullptr; break;
    case actor_role::web_server: web_server_ = nullptr; break;
    case actor_role::recorder: recorder_ = nullptr; break;
    case actor_role::capture: actors.capture = nullptr; break;
    case actor_role::supervisor: break;
  }
}

void supervisor_core::wire_around(const child& who) {
  if (!begun_)
    return start_others(); // the recorder has died before it was ready
  if (is_of_gateway(who.role))
    return wire_all();
  wire(who.mesh);
  wire_gateway();
}

/// Only the latest timer counts: a port that comes and goes does not leave a trail of them.
void supervisor_core::retry_later(child& who, mono_time::duration wait) {
  self_->delayed_send(supervisor_actor{self_}, wait, retry_atom::value, who.mesh, who.role,
                      ++who.timer);
}

void supervisor_core::retry(mesh_index mesh, actor_role role, std::uint64_t timer) {
  auto& who = at(mesh, role);
  auto parked = who.state == child_state::parked;
  // The port changes while it is being opened, or before its loss is noticed.
  if (timer == no_timer && who.state == child_state::running)
    who.asked_again = true;
  if (stopping_ || (timer != no_timer && timer != who.timer)
      || (who.state != child_state::waiting && !parked)
      || (parked && who.budget.is_parked(env_.clock.now().mono)))
    return;
  spawn(who);
  if (parked && role != actor_role::uart)
    end_incident(who);
  wire_around(who);
}

void supervisor_core::port_opened(mesh_index mesh) {
  auto& uart = at(mesh, actor_role::uart);
  uart.has_run = true;
  uart.waits_for.clear();
  end_incident(uart);
}

/// A hub that was started before the record was known may have an epoch that was used before; what
/// it tells could not be told apart from what is in the record.
void supervisor_core::recorder_ready(std::uint64_t last_epoch) {
  auto is_behind = begun_ && last_epoch > last_epoch_;
  last_epoch_ = std::max(last_epoch_, last_epoch);
  if (is_behind && hub_ && !stopping_)
    self_->send_exit(hub_, make_error(gateway_error::crashed, "the clock is behind the record"));
  if (begun_ || stopping_)
    return;
  at({}, actor_role::recorder).has_run = true;
  start_others();
}

// -- incidents

void supervisor_core::begin_incident(child& who, const std::string& cause) {
  if (who.open_incident != 0)
    return;
  who.open_incident = incidents_.open(name_of(who), cause, env_.clock.now());
  log_.error("actor ended", {{"child", name_of(who)}, {"cause", cause}});
  tell_incident(who, name_of(who) + ": " + cause);
}

void supervisor_core::end_incident(child& who) {
  auto lost = loss_of(who.role, static_cast<bool>(recorder_));
  auto over = incidents_.close(who.open_incident, std::string{lost}, env_.clock.now());
  who.open_incident = 0;
  if (!over)
    return;
  auto span = over->end->mono - over->start.mono;
  restart_times_.try_emplace(who.role, restart_bounds).first->second.record(span);
  auto took = std::chrono::floor<std::chrono::milliseconds>(span);
  log_.info("actor runs again", {{"child", name_of(who)}, {"after", took}});
  tell_incident(who, name_of(who) + " runs again after " + std::to_string(took.count()) + " ms");
}

void supervisor_core::tell_incident(const child& who, std::string_view text) {
  event_batch batch{.received = env_.clock.now()};
  batch.events.push_back({.time = batch.received.wall,
                          .mesh = who.mesh,
                          .kind = event_kind::incident,
                          .data = small_bytes{view_of(text)}});
  self_->send(hub_, std::move(batch));
}

/// A socket that is taken at start is a mistake to be told, not a state to be waited for.
void supervisor_core::fail_start(const caf::error& reason) {
  log_.error("cannot start", {{"reason", describe(reason)}});
  ended_by_ = reason;
  stop();
}

// -- the end

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
  stop_next();
}

/// Clients first, then what they have sent, then it is written down, then the rest.
void supervisor_core::stop_next() {
  if (stop_phase_ == 0 && all_ended(actor_role::socket_server)
      && all_ended(actor_role::web_server)) {
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
    auto& actors = meshes_[who.mesh.value].actors;
    if (role == actor_role::socket_server)
      self_->send(actors.socket_server, stop_atom::value);
    else if (role == actor_role::web_server)
      self_->send(web_server_, stop_atom::value);
    else if (role == actor_role::uart)
      self_->send(actors.uart, stop_atom::value);
    else if (role == actor_role::recorder)
      self_->send(recorder_, stop_atom::value);
    else
      self_->send_exit(who.address, caf::exit_reason::user_shutdown);
    self_->delayed_send(supervisor_actor{self_}, grace, stop_atom::value, who.mesh, who.role);
  }
}

void supervisor_core::force(mesh_index mesh, actor_role role) {
  auto& who = at(mesh, role);
  if (!stopping_ || who.state == child_state::ended || !who.address)
    return;
  log_.warning("ended by force", {{"child", name_of(who)}});
  self_->send_exit(who.address, caf::exit_reason::kill);
}

// -- who is who

std::string supervisor_core::name_of(const child& who) const {
  auto role = std::string{to_string(who.role)};
  return is_of_gateway(who.role) ? role : role + "/" + meshes_[who.mesh.value].settings.name;
}

supervisor_core::child* supervisor_core::find(const caf::actor_addr& address) {
  auto found = std::ranges::find(children_, address, &child::address);
  return found == children_.end() ? nullptr : &*found;
}

supervisor_core::child& supervisor_core::at(mesh_index mesh, actor_role role) {
  return *std::ranges::find_if(children_, [&](const child& who) {
    return who.role == role && (who.mesh == mesh || is_of_gateway(role));
  });
}

supervisor_actor::behavior_type supervisor(io_actor_of<supervisor_actor, supervisor_core>* self,
                                           const gateway_settings* settings, environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<supervisor_core>(self, *settings, *env);
  auto core = self->state.core.get();
  self->set_down_handler([core](const caf::down_msg& message) { core->down(message); });
  core->start();
  return {
    [core](status_atom) { return core->status(); },
    [core](incident_query asked) { return actor_status{core->incidents(asked)}; },
    [core](ready_atom, mesh_index mesh) { core->port_opened(mesh); },
    [core](ready_atom, std::uint64_t epoch) { core->recorder_ready(epoch); },
    [core](stop_atom) { core->stop(); },
    [core](tick_atom) { core->tick(); },
    [core](retry_atom, mesh_index mesh, actor_role role, std::uint64_t timer) {
      core->retry(mesh, role, timer);
    },
    [core](stop_atom, mesh_index mesh, actor_role role) { core->force(mesh, role); },
  };
}

} // namespace xylem
