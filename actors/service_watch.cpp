#include "actors/service_watch.hpp"

#include "actors/error.hpp"
#include "protocol/service_line.hpp"

namespace xylem {

namespace {

/// How often the line of `systemctl status` may change.
constexpr auto status_period = std::chrono::seconds{5};

/// While it starts, who has ordered itself behind it waits for every look.
constexpr auto starting_period = std::chrono::milliseconds{100};

/// The supervisor asks everybody for one second.
constexpr auto status_timeout = std::chrono::seconds{5};

/// A start that goes on may take longer than the unit says, as long as there is hope: a record of
/// gigabytes on a slow card is read and checked.
constexpr auto extension = std::chrono::seconds{30};
constexpr auto extended_each = std::chrono::seconds{10};
constexpr auto longest_start = std::chrono::minutes{5};

} // namespace

service_watch_core::service_watch_core(service_watch_actor::pointer self, supervisor_actor root,
                                       service_manager& manager, environment& env)
    : self_{self}, root_{std::move(root)}, manager_{manager}, env_{env},
      log_{env.log, "service_watch"}, pulse_{manager.watchdog()}, began_{env.clock.now().mono},
      extended_{began_} {
  started({"supervisor", root_.address()});
}

void service_watch_core::started(const started_actor& who) {
  if (!service_pulse::is_critical(who.name))
    return;
  actors_[who.name] = who.address;
  pulse_.started(who.name);
}

void service_watch_core::note(const service_note& what) {
  note_ = what.text;
  look([] {});
}

// -- the status

/// The next look comes after the answer to this one: what is slow is not asked ever more.
void service_watch_core::tick() {
  look([this] {
    auto wait = manager_.is_ready() ? mono_time::duration{status_period} : starting_period;
    self_->delayed_send(service_watch_actor{self_}, wait, tick_atom::value);
  });
}

void service_watch_core::look(std::function<void()> then) {
  self_->request(root_, status_timeout, status_atom::value)
    .then([this, then](const actor_status& all) {
            show(all.body);
            then();
          },
          [then](const caf::error&) { then(); }); // the watchdog's matter
}

void service_watch_core::show(const boost::json::object& status) {
  auto waiting_for = manager_.is_ready() ? std::vector<std::string>{} : still_starting(status);
  if (waiting_for.empty()) {
    manager_.status(service_line(status, note_));
    return manager_.ready();
  }
  manager_.status(starting_line(waiting_for));
  auto now = env_.clock.now().mono;
  if (now - extended_ < extended_each || now - began_ > longest_start)
    return;
  extended_ = now;
  manager_.extend_start(extension);
}

// -- the watchdog

void service_watch_core::pulse() {
  auto now = env_.clock.now().mono;
  auto verdict = pulse_.judge(now);
  if (verdict.alive)
    manager_.alive();
  if (verdict.answers_again)
    log_.info("the watchdog is told again: all actors answer");
  if (!verdict.silent.empty()) {
    std::string names;
    for (const auto& each : verdict.silent)
      names += (names.empty() ? "" : ",") + each;
    log_.error("the watchdog is not told: actors do not answer",
               {{"actors", names},
                {"since", std::chrono::floor<milliseconds>(verdict.longest)}});
  }
  for (const auto& [name, address] : actors_)
    ask(name, address, now);
  self_->delayed_send(service_watch_actor{self_}, pulse_.period(), pulse_atom::value);
}

/// The supervisor's status waits for that of all others: it is asked for something of its own.
void service_watch_core::ask(const std::string& name, const caf::actor_addr& address,
                             mono_time now) {
  auto question = pulse_.ask(name, now);
  if (!question)
    return;
  auto whom = caf::actor_cast<caf::actor>(address);
  if (!whom)
    return pulse_.ended(name, *question);
  auto answered = [this, name, id = *question](const actor_status&) { pulse_.answered(name, id); };
  auto failed = [this, name, id = *question](const caf::error& error) {
    if (error == caf::sec::request_timeout)
      pulse_.timed_out(name, id);
    else if (error == caf::sec::request_receiver_down)
      pulse_.ended(name, id);
    else
      pulse_.answered(name, id); // with an error, but it lives
  };
  if (address == root_.address())
    self_->request(root_, manager_.watchdog(), incident_query{.limit = 1}).then(answered, failed);
  else
    self_->request(whom, manager_.watchdog(), status_atom::value).then(answered, failed);
}

service_watch_actor::behavior_type
service_watch(io_actor_of<service_watch_actor, service_watch_core>* self, supervisor_actor root,
              service_manager* manager, environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<service_watch_core>(self, root, *manager, *env);
  auto core = self->state.core.get();
  core->tick();
  if (manager->watchdog() > mono_time::duration::zero())
    core->pulse();
  return {
    [core](const started_actor& who) { core->started(who); },
    [core](const service_note& what) { core->note(what); },
    [core](tick_atom) { core->tick(); },
    [core](pulse_atom) { core->pulse(); },
  };
}

} // namespace xylem
