#include "actors/supervisor.hpp"

#include "actors/error.hpp"
#include "actors/serial_port.hpp"

#include <caf/send.hpp>

namespace xylem {

namespace {

/// A disk that is slower than this does not keep the gateway from starting.
constexpr auto recorder_time = std::chrono::seconds{15};

/// A command is accepted or refused by then.
constexpr auto command_time = std::chrono::seconds{6};

/// A web server that follows gateways starts with the meshes of those that have answered by then.
constexpr auto time_to_find_meshes = std::chrono::seconds{3};

/// A retry that no timer has asked for: the port's folder has changed.
constexpr std::uint64_t no_timer = 0;

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
    case actor_role::monitor_gate: return "connections of monitors";
    case actor_role::gateway_link: return "";
    case actor_role::supervisor: break;
  }
  return "";
}

} // namespace

supervisor_core::supervisor_core(supervisor_actor::pointer self, gateway_settings& settings,
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
  for (const auto& settings : settings_.meshes)
    add_mesh(settings);
  gateways_.resize(settings_.gateways.size());
  for (std::size_t i = 0; i < gateways_.size(); ++i)
    children_.push_back({.role = actor_role::gateway_link, .mesh = {static_cast<std::uint16_t>(i)}});
  if (settings_.web.enabled)
    children_.push_back({.role = actor_role::web_server, .mesh = {}});
  if (settings_.monitor.is_followed())
    children_.push_back({.role = actor_role::monitor_gate, .mesh = {}});
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

void supervisor_core::add_mesh(const mesh_settings& settings) {
  auto index = mesh_index{static_cast<std::uint16_t>(meshes_.size())};
  meshes_.push_back({.settings = settings,
                     .speech = make_dialect(settings.dialect, {settings.request_address})});
  children_.push_back({.role = actor_role::node_cache, .mesh = index});
  if (settings.remote)
    return;
  for (auto role : {actor_role::network_manager, actor_role::socket_server, actor_role::uart})
    children_.push_back({.role = role, .mesh = index});
  if (settings.capture_bytes > 0)
    children_.push_back({.role = actor_role::capture, .mesh = index});
}

/// Once the recorder knows what was before. The web server knows its meshes when it starts: it
/// waits a little for those of gateways that are followed.
void supervisor_core::start_others() {
  begun_ = true;
  waits_for_meshes_ = settings_.web.enabled && !gateways_.empty();
  for (auto& each : children_)
    if (each.role != actor_role::recorder
        && !(each.role == actor_role::web_server && waits_for_meshes_))
      spawn(each);
  if (waits_for_meshes_)
    retry_later(at({}, actor_role::web_server), time_to_find_meshes);
  wire_all();
}

/// A mesh that was known stays where it is.
found_answer supervisor_core::meshes_found(const found_meshes& found) {
  if (auto taken = names_.claim(found.gateway, found.name))
    return {*taken};
  auto& gateway = gateways_[found.gateway];
  auto is_news = false;
  std::vector<mesh_index> now;
  for (const auto& mesh : found.meshes) {
    auto known = std::ranges::find(settings_.meshes, mesh.name, &mesh_settings::name);
    if (known == settings_.meshes.end()) {
      auto& added = settings_.meshes.emplace_back();
      added.name = mesh.name;
      added.remote = true;
      added.data_types = mesh.types;
      add_mesh(settings_.meshes.back());
      meshes_.back().gateway = found.gateway;
      spawn(children_.back());
      known = settings_.meshes.end() - 1;
      is_news = true;
    }
    now.push_back({static_cast<std::uint16_t>(known - settings_.meshes.begin())});
  }
  gateway.meshes = std::move(now);
  gateway.serves = found.serves;
  gateway.has_told = true;
  wire_all();
  if (is_news || waits_for_meshes_)
    serve_found_meshes();
  return {};
}

/// The web server starts once all have told what they have, and is started anew for what comes
/// later: browsers come again.
void supervisor_core::serve_found_meshes() {
  if (!settings_.web.enabled || stopping_)
    return;
  if (!waits_for_meshes_ && web_server_) {
    log_.info("a followed gateway has new meshes; the web port is opened anew for them");
    return self_->send_exit(web_server_, caf::exit_reason::user_shutdown);
  }
  if (waits_for_meshes_ && std::ranges::all_of(gateways_, &followed::has_told)) {
    waits_for_meshes_ = false;
    auto& who = at({}, actor_role::web_server);
    spawn(who);
    wire_around(who);
  }
}

void supervisor_core::submit(named_command& asked) {
  auto found = std::ranges::find(settings_.meshes, asked.mesh, &mesh_settings::name);
  auto mesh = mesh_index{static_cast<std::uint16_t>(found - settings_.meshes.begin())};
  auto desk = found == settings_.meshes.end() ? command_desk_actor{}
                                              : meshes_[mesh.value].actors.commands;
  auto done = std::move(asked.done);
  if (!desk)
    return done({mesh, problem{problem_kind::mesh_not_found, "no mesh " + asked.mesh}});
  self_->request(desk, command_time, command_request{mesh, std::move(asked.what)})
    .then([done](command_answer& answer) { done(std::move(answer)); },
          [done, mesh](const caf::error& error) {
            done({mesh, problem{problem_kind::not_available, describe(error)}});
          });
}

void supervisor_core::allow(const allow_list& names) {
  settings_.monitor.allow = names.names;
  if (monitor_gate_)
    self_->send(monitor_gate_, names);
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
  if (who->role == actor_role::web_server && message.reason == caf::exit_reason::user_shutdown) {
    spawn(*who); // for meshes that are new
    return wire_around(*who);
  }
  if (is(message.reason, gateway_error::gate_lost)
      || (who->role == actor_role::monitor_gate && who->has_run
          && is(message.reason, gateway_error::cannot_serve)))
    return wait_for_gate(*who, message.reason);
  if (is(message.reason, gateway_error::cannot_serve) && !who->has_run)
    return fail_start(message.reason);
  if (is(message.reason, gateway_error::port_lost)
      || is(message.reason, gateway_error::port_unavailable))
    return wait_for_port(*who, message.reason);
  restart(*who, message.reason);
}

/// Whatever ends it is outside of this process: it costs no restart budget, and its incident lasts
/// until it listens again.
void supervisor_core::wait_for_gate(child& gate, const caf::error& reason) {
  ++gate.restarts;
  gate.has_run = true;
  auto cause = describe(reason);
  if (gate.open_incident != 0 && gate.waits_for != cause)
    log_.warning("the process for monitors cannot be started; it is tried again",
                 {{"reason", cause}});
  begin_incident(gate, cause);
  gate.state = child_state::waiting;
  gate.waits_for = cause;
  forget(gate);
  retry_later(gate, gate.wait.failed(env_.clock.now().mono, static_cast<std::uint32_t>(random_())));
}

void supervisor_core::gate_listens() {
  auto& gate = at({}, actor_role::monitor_gate);
  gate.has_run = true;
  gate.waits_for.clear();
  end_incident(gate);
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
    log_.warning(
        "waiting for the port of the root; it is opened as soon as it can be",
        {{"mesh", mesh.settings.name}, {"serial", mesh.settings.serial}, {"reason", cause}});
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
    log_.error("a part has failed too often; it is left alone for 30 s, then tried again",
               {{"part", name_of(who)}});
    forget(who);
    wire_around(who);
    return retry_later(who, *parked_until - now);
  }
  spawn(who);
  if (who.role != actor_role::uart)
    end_incident(who);
  wire_around(who);
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
  if (role == actor_role::web_server)
    waits_for_meshes_ = false;
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
  log_.error("a part of the gateway has ended; it will be started again",
             {{"part", name_of(who)}, {"cause", cause}});
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
  log_.info("a part of the gateway runs again", {{"part", name_of(who)}, {"after", took}});
  tell_incident(who, name_of(who) + " runs again after " + std::to_string(took.count()) + " ms");
}

void supervisor_core::tell_incident(const child& who, std::string_view text) {
  event_batch batch{.received = env_.clock.now()};
  batch.events.push_back({.time = batch.received.wall,
                          .mesh = is_of_mesh(who.role) ? who.mesh : mesh_index{},
                          .kind = event_kind::incident,
                          .data = small_bytes{view_of(text)}});
  self_->send(hub_, std::move(batch));
}

/// A socket that is taken at start is a mistake to be told, not a state to be waited for.
void supervisor_core::fail_start(const caf::error& reason) {
  log_.error("the gateway cannot start, and ends", {{"reason", describe(reason)}});
  ended_by_ = reason;
  stop();
}

// -- who is who

std::string supervisor_core::name_of(const child& who) const {
  auto role = std::string{to_string(who.role)};
  if (who.role == actor_role::gateway_link)
    return role + "/" + to_text(settings_.gateways[who.mesh.value]);
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
                                           gateway_settings* settings, environment* env) {
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
    [core](ready_atom, actor_role) { core->gate_listens(); },
    [core](const found_meshes& found) { return core->meshes_found(found); },
    [core](const allow_list& names) { core->allow(names); },
    [core](named_command& asked) { core->submit(asked); },
    [core](stop_atom) { core->stop(); },
    [core](tick_atom) { core->tick(); },
    [core](retry_atom, mesh_index mesh, actor_role role, std::uint64_t timer) {
      core->retry(mesh, role, timer);
    },
    [core](stop_atom, mesh_index mesh, actor_role role) { core->force(mesh, role); },
  };
}

} // namespace xylem
