#include "actors/monitor_gate.hpp"

#include "actors/error.hpp"
#include "actors/remote/gate_configuration.hpp"
#include "protocol/iso_time.hpp"

#include <system_error>

namespace xylem {

namespace {

constexpr auto tick_period = std::chrono::seconds{1};

/// It tells its state each second.
constexpr auto longest_silence = std::chrono::seconds{10};

/// Between the end of its socket and its own.
constexpr auto time_to_end = std::chrono::seconds{1};

/// The supervisor waits 2 s (supervisor_stop.cpp).
constexpr auto time_to_stop = std::chrono::milliseconds{1'500};

/// Of one second; more are counted.
constexpr std::size_t most_lines = 20;
constexpr std::size_t most_states = 5;

log_level level_of(std::uint8_t level) noexcept {
  return static_cast<log_level>(std::min(level, static_cast<std::uint8_t>(log_level::error)));
}

std::string_view to_string(gate_channel::end why) noexcept {
  switch (why) {
    case gate_channel::end::closed: return "it has closed its end of the socket";
    case gate_channel::end::no_frame: return "it has said what is no frame";
    case gate_channel::end::does_not_read: return "it does not read what it is told";
  }
  return "";
}

} // namespace

monitor_gate_core::monitor_gate_core(io_actor<monitor_gate_actor>* self,
                                     const gateway_settings& settings, environment& env)
    : self_{self}, settings_{settings}, env_{env}, log_{env.log, "monitor_gate"},
      questions_{self, settings, env, [this](std::uint64_t id, std::string answer) {
                   channel_->send(gate_frame_kind::answer, id, answer);
                 }} {}

// -- the beginning and the end

void monitor_gate_core::start() {
  process_ = env_.start_gate ? env_.start_gate() : make_gate_starter(env_.io)();
  process_->when_ended([weak = weak_from_this()](const std::string& how) {
    if (auto self = weak.lock())
      self->ended(how);
  });
  auto received = [weak = weak_from_this()](std::vector<gate_frame> frames) {
    if (auto self = weak.lock())
      self->self_->work_and_run_others([&] { self->received(std::move(frames)); });
  };
  auto closed = [weak = weak_from_this()](gate_channel::end why) {
    if (auto self = weak.lock())
      self->closed(why);
  };
  channel_ = std::make_shared<gate_channel>(env_.io, process_->take_socket(),
                                            gate_channel::events{received, closed});
  heard_ = env_.clock.now().mono;
  configure();
  channel_->start();
  tick();
}

void monitor_gate_core::configure() {
  channel_->send(gate_frame_kind::configure, 0,
                 to_text(gate_configuration_of(settings_.monitor, env_.instance)));
}

/// The process does not outlive it.
void monitor_gate_core::shut_down() {
  over_ = true;
  if (channel_)
    channel_->close();
  process_.reset();
}

void monitor_gate_core::connect(const gateway_wiring& wiring) {
  auto fresh_hub = wiring.event_hub != wiring_.event_hub;
  wiring_ = wiring;
  if (fresh_hub)
    feed_.hub_changed();
  if (over_)
    return;
  questions_.connect(wiring);
  if (port_)
    self_->send(wiring_.supervisor, ready_atom::value, actor_role::monitor_gate);
  feed();
}

/// The settings have the names already.
void monitor_gate_core::allow() {
  if (!over_)
    configure();
}

void monitor_gate_core::stop() {
  stopping_ = true;
  if (over_)
    return;
  channel_->send(gate_frame_kind::end, 0, {});
  ends_by_ = env_.clock.now().mono + time_to_stop;
  self_->delayed_send(monitor_gate_actor{self_}, time_to_stop, tick_atom::value);
}

void monitor_gate_core::tick() {
  if (over_)
    return;
  auto now = env_.clock.now().mono;
  if (ends_by_ && now >= *ends_by_)
    return stopping_ ? quit(caf::exit_reason::user_shutdown)
                     : lose(std::string{to_string(gate_channel::end::closed)});
  if (now - heard_ >= longest_silence)
    return lose("it has not said anything for 10 s");
  if (dropped_lines_ > 0)
    log_.warning("too many log lines of the process for monitors; some are left out",
                 {{"lines", dropped_lines_}});
  lines_ = states_ = dropped_lines_ = 0;
  questions_.tick();
  if (std::exchange(feed_failed_, false)) {
    feed_.ask_again();
    feed();
  }
  if (!stopping_)
    self_->delayed_send(monitor_gate_actor{self_}, tick_period, tick_atom::value);
}

void monitor_gate_core::closed(gate_channel::end why) {
  if (why != gate_channel::end::closed && !stopping_)
    return lose(std::string{to_string(why)});
  if (ends_by_)
    return;
  ends_by_ = env_.clock.now().mono + time_to_end;
  self_->delayed_send(monitor_gate_actor{self_}, time_to_end, tick_atom::value);
}

/// What cannot listen when the gateway starts is a mistake to be told.
void monitor_gate_core::ended(const std::string& how) {
  if (stopping_)
    return quit(caf::exit_reason::user_shutdown);
  if (port_ || how.starts_with("signal"))
    return lose(how);
  const auto& [host, port] = settings_.monitor.listen;
  quit(make_error(gateway_error::cannot_serve,
                  "monitors cannot connect to " + host + ':' + std::to_string(port) + ": "
                    + (last_error_.empty() ? how : last_error_)));
}

void monitor_gate_core::lose(std::string reason) {
  quit(make_error(gateway_error::gate_lost, std::move(reason)));
}

void monitor_gate_core::quit(caf::error reason) {
  if (std::exchange(over_, true))
    return;
  channel_->close();
  process_.reset();
  end_actor(*self_, std::move(reason));
}

// -- what it says

void monitor_gate_core::received(std::vector<gate_frame>&& frames) {
  heard_ = env_.clock.now().mono;
  for (const auto& frame : frames) {
    if (over_)
      return;
    if (!handle(frame))
      return lose("it has said what it may not: a frame of kind "
                  + std::to_string(static_cast<unsigned>(frame.kind)));
  }
  feed();
}

bool monitor_gate_core::handle(const gate_frame& frame) {
  switch (frame.kind) {
    case gate_frame_kind::listening: return listening(frame);
    case gate_frame_kind::question: return questions_.ask(frame.id, frame.body);
    case gate_frame_kind::replay: return questions_.ask_replay(frame.id, frame.body);
    case gate_frame_kind::follow: return follow(frame);
    case gate_frame_kind::more: return more(frame);
    case gate_frame_kind::state: return take_state(frame);
    case gate_frame_kind::log: return tell(frame);
    default: return false;
  }
}

bool monitor_gate_core::listening(const gate_frame& frame) {
  auto told = decode<gate_listening>(frame.body);
  if (!told)
    return false;
  port_ = told->port;
  log_.info("listening for monitors", {{"host", settings_.monitor.listen.host}, {"port", *port_}});
  if (wiring_.supervisor)
    self_->send(wiring_.supervisor, ready_atom::value, actor_role::monitor_gate);
  return true;
}

bool monitor_gate_core::follow(const gate_frame& frame) {
  auto what = decode<gate_follow>(frame.body);
  if (what)
    feed_.follow(*what);
  return what.has_value();
}

bool monitor_gate_core::more(const gate_frame& frame) {
  auto what = decode<gate_more>(frame.body);
  if (what)
    feed_.more(what->pages);
  return what.has_value();
}

bool monitor_gate_core::take_state(const gate_frame& frame) {
  if (++states_ > most_states)
    return true;
  auto state = sound_gate_state(frame.body);
  if (!state)
    return false;
  state_ = std::move(state);
  events_.look(*state_);
  for (const auto& each : reminder_.look(*state_, env_.clock.now().wall))
    log_.warning(each.days < 0 ? "a certificate has expired" : "a certificate expires soon",
                 {{"file", each.file},
                  {"name", each.name},
                  {"not_after", iso_time(each.not_after)},
                  {"days", each.days}});
  return true;
}

bool monitor_gate_core::tell(const gate_frame& frame) {
  auto line = decode<gate_line>(frame.body);
  if (!line)
    return false;
  auto level = level_of(line->level);
  if (level == log_level::error)
    last_error_ = line->text;
  if (++lines_ > most_lines)
    ++dropped_lines_;
  else if (env_.log.enabled(level))
    env_.log.write(level, "gate", {}, line->text);
  return true;
}

// -- events

/// One question to the hub at a time, which waits there until there is something to tell; who has
/// no credit is not asked for.
void monitor_gate_core::feed() {
  if (over_ || !wiring_.event_hub)
    return;
  auto question = feed_.next();
  if (!question)
    return;
  auto arrive = [this, serial = question->serial](std::optional<replay_page> found) {
    take(serial, std::move(found));
  };
  if (question->may_wait)
    questions_.read_news(std::move(question->asked), std::move(arrive));
  else
    questions_.read(std::move(question->asked), std::move(arrive));
}

void monitor_gate_core::take(std::uint64_t serial, std::optional<replay_page> found) {
  if (found) {
    if (auto page = feed_.take(serial, *std::move(found)))
      channel_->send(gate_frame_kind::feed, 0, encode(*page));
  } else if (feed_.failed(serial)) {
    feed_failed_ = true; // the next tick asks again
    return;
  }
  feed();
}

// -- what is known of it

boost::json::object monitor_gate_core::status() const {
  boost::json::object out{{"state", port_ ? "listening" : "starting"},
                          {"pid", process_ ? process_->pid() : 0}};
  out["port"] = port_ ? boost::json::value(*port_) : boost::json::value(nullptr);
  auto state = state_ ? *state_ : sound_gate_state("{}").value();
  for (auto& [name, value] : state)
    out[name] = std::move(value);
  out["connected"] = out["connections"].as_array().size();
  out["limit"] = settings_.monitor.connections;
  const auto& events = events_.sums();
  out["events"] = {{"sent", events.sent}, {"coalesced", events.coalesced},
                   {"missed", events.missed}};
  out["feed"] = {{"sent", feed_.sent()},
                 {"credit", feed_.credit()},
                 {"queued_bytes", channel_ ? channel_->queued_bytes() : 0}};
  return out;
}

monitor_gate_actor::behavior_type
monitor_gate(io_actor_of<monitor_gate_actor, monitor_gate_core>* self,
             const gateway_settings* settings, environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<monitor_gate_core>(self, *settings, *env);
  auto core = self->state.core.get();
  try {
    core->start();
  } catch (const std::system_error& error) {
    self->quit(make_error(gateway_error::gate_lost,
                          std::string{"it could not be started: "} + error.what()));
  }
  return {
    [core](const gateway_wiring_ptr& wiring) { core->connect(*wiring); },
    [core](const allow_list&) { core->allow(); },
    [core](stop_atom) { core->stop(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->tick(); },
  };
}

} // namespace xylem
