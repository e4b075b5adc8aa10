#include "actors/remote/gateway_link.hpp"

#include "actors/error.hpp"
#include "protocol/followed_events.hpp"
#include "protocol/version.hpp"

namespace xylem {

namespace {

using namespace std::chrono_literals;

constexpr auto request_time = 5s;
constexpr auto ping_period = 5s;
constexpr auto tick_period = 100ms;

/// A gateway that does not want us, or must not be followed, is asked again this much later.
constexpr auto refused_wait = 60s;

/// Events that a gate may send before it hears of us again.
constexpr std::uint32_t window = 4096;

} // namespace

std::string_view to_string(following_state state) noexcept {
  switch (state) {
    case following_state::connecting: return "connecting";
    case following_state::following: return "following";
    case following_state::refused: return "refused";
  }
  return "unknown";
}

gateway_link_core::gateway_link_core(gateway_link_actor::pointer self, std::size_t position,
                                     const gateway_settings& settings, environment& env,
                                     supervisor_actor supervisor)
    : self_{self}, position_{position}, gateway_{settings.gateways[position]}, env_{env},
      log_{env.log, "gateway_link"}, supervisor_{std::move(supervisor)},
      own_name_{settings.monitor.name}, wait_{backoff::steps{100ms, 10s}},
      random_{std::random_device{}()} {
  told_.gateway = position;
  told_.name = to_text(gateway_);
}

void gateway_link_core::connect(const gateway_wiring& wiring) {
  wiring_ = wiring;
  meshes_ = wiring.gateways[position_].meshes;
}

// -- connecting

void gateway_link_core::tick() {
  auto now = env_.clock.now().mono;
  if (phase_ == phase::waiting && now >= attempt_at_ && !stopping_)
    dial();
  if (phase_ == phase::following && now >= ping_at_)
    send_ping();
  self_->delayed_send(gateway_link_actor{self_}, tick_period, tick_atom::value);
}

void gateway_link_core::dial() {
  phase_ = phase::dialing;
  ++life_;
  wait_.started(env_.clock.now().mono);
  auto alive = [weak = weak_from_this(), life = life_]() -> std::shared_ptr<gateway_link_core> {
    auto self = weak.lock();
    return self && self->life_ == life ? self : nullptr;
  };
  env_.dialer->dial(
    gateway_,
    [alive](std::variant<dialed_gateway, std::string> outcome) {
      if (auto self = alive())
        self->dialed(std::move(outcome));
    },
    [alive](const std::string& reason) {
      if (auto self = alive())
        self->lose(reason);
    });
}

void gateway_link_core::dialed(std::variant<dialed_gateway, std::string> outcome) {
  if (auto why = std::get_if<std::string>(&outcome))
    return lose(*why);
  auto& with = std::get<dialed_gateway>(outcome);
  connection_ = std::move(with.connection);
  facade_ = std::move(with.facade);
  told_.name = gateway_.name.empty() ? with.name : gateway_.name;
  ++counts_.connections;
  phase_ = phase::greeting;
  greet();
}

/// Asks, and takes the answer if the connection is the same then; without one it is lost.
template <class Answer, class Question, class Then>
void gateway_link_core::ask(Question question, Then then) {
  self_->request(facade_, request_time, std::move(question))
    .then([this, life = life_, then](Answer& answer) {
      if (life == life_)
        then(answer);
    },
    [this, life = life_](const caf::error& error) {
      if (life == life_)
        lose("it does not answer: " + describe(error));
    });
}

void gateway_link_core::greet() {
  monitor_hello hello{.software = "xylem " + std::string{software_version()},
                      .name = own_name_,
                      .instance = env_.instance,
                      .serves = wiring_.serves};
  ask<gateway_hello>(std::move(hello), [this](gateway_hello& answer) { welcome(answer); });
}

void gateway_link_core::welcome(gateway_hello& hello) {
  if (hello.protocol != monitor_protocol)
    return refuse("it speaks version " + std::to_string(hello.protocol)
                  + " of the monitors' protocol (" + hello.software + "), this is version "
                  + std::to_string(monitor_protocol));
  if (!hello.refused.empty())
    return refuse("it refuses: " + hello.refused);
  if (is_loop(hello.serves, env_.instance))
    return refuse("it follows this node itself: a loop");
  found_meshes found{.gateway = position_, .name = told_.name, .serves = hello.serves};
  for (auto& mesh : hello.meshes) {
    auto path = mesh_path(told_.name, mesh.name);
    if (!path)
      return refuse("its mesh " + mesh.name + " has too long a name");
    found.meshes.push_back({*path, mesh.link, mesh.link_reason, mesh.types});
  }
  generation_ = hello.generation;
  newest_ = hello.newest;
  told_.meshes = std::move(hello.meshes);
  // The supervisor wires this actor anew before it answers.
  self_->request(supervisor_, request_time, std::move(found))
    .then(
      [this, life = life_](const found_answer& answer) {
        if (life != life_)
          return;
        if (!answer.problem.empty())
          return refuse(answer.problem);
        introduce();
      },
      [this, life = life_](const caf::error& error) {
        if (life == life_)
          lose("the supervisor does not answer: " + describe(error));
      });
}

/// Its meshes are known here.
void gateway_link_core::introduce() {
  auto is_new = phase_ == phase::greeting;
  phase_ = phase::following;
  if (!is_new) {
    report_links();
    return start_snapshot();
  }
  ping_at_ = env_.clock.now().mono + ping_period;
  subscribe();
}

// -- following

void gateway_link_core::subscribe() {
  if (std::exchange(is_first_, false) && env_.observer)
    reached_ = env_.observer->starts_at(told_.name);
  handled_ = 0;
  ask<subscription_answer>(
    monitor_subscription{.serial = ++serial_, .from = reached_, .credit = window},
    [this](const subscription_answer& answer) { subscribed(answer); });
}

void gateway_link_core::subscribed(const subscription_answer& answer) {
  if (!answer.problem.empty())
    return refuse("it refuses the subscription: " + answer.problem);
  // Not before: whatever happens from here on comes.
  set_state(following_state::following, "");
  report_links();
  log_.info("following", {{"gateway", told_.name}, {"meshes", told_.meshes.size()}});
  newest_ = answer.newest;
  // Who remembers where it was has a position from the beginning on, though nothing happens.
  if (!reached_ && !observed({.reached = newest_, .newest = newest_}))
    return;
  if (!reached_)
    reached_ = newest_;
  start_snapshot();
}

/// The observer has handled the page; without one, too.
bool gateway_link_core::observed(const event_page& page) {
  if (!env_.observer)
    return true;
  try {
    env_.observer->told(told_, page);
    return true;
  } catch (const std::exception& error) {
    is_first_ = true; // it says where to go on
    lose(error.what());
    return false;
  }
}

void gateway_link_core::deliver(event_page& page) {
  if (phase_ != phase::following || page.serial != serial_)
    return;
  if (!observed(page))
    return;
  reached_ = page.reached;
  newest_ = page.newest;
  auto events = page.events.size();
  counts_.events += events;
  note_links(page.events);
  hand_on(page);
  grant(events);
}

void gateway_link_core::hand_on(event_page& page) {
  auto received = env_.clock.now();
  if (page.gap) {
    auto gap = gap_of(*page.gap);
    counts_.missed += gap ? gap->count : 0;
    ++counts_.gaps;
    log_.warning("events of a followed gateway are missing", {{"gateway", told_.name},
                                                              {"count", gap ? gap->count : 0},
                                                              {"reason", gap ? gap->reason : ""}});
    if (!meshes_.empty() && wiring_.event_hub) {
      event_batch told{.received = received};
      told.events.push_back(*page.gap);
      told.events.back().mesh = meshes_.front();
      self_->send(wiring_.event_hub, std::move(told));
    }
    start_snapshot();
  }
  for (auto& batch : batches_of(std::move(page.events), position_, meshes_))
    if (auto& cache = wiring_.meshes[batch.mesh.value].node_cache)
      self_->send(cache, event_batch{received, std::move(batch.events)});
}

void gateway_link_core::note_links(const std::vector<event>& events) {
  auto is_changed = false;
  for (const auto& what : events) {
    if (what.kind != event_kind::link_changed || what.mesh.value >= told_.meshes.size())
      continue;
    auto& mesh = told_.meshes[what.mesh.value];
    mesh.link = static_cast<link_state>(what.state);
    mesh.link_reason = text_of(what.data.view());
    is_changed = true;
  }
  if (is_changed && env_.observer)
    env_.observer->changed(told_);
}

void gateway_link_core::grant(std::size_t events) {
  handled_ += events;
  if (handled_ < window / 2 || phase_ != phase::following)
    return;
  self_->send(facade_, credit_grant{serial_, static_cast<std::uint32_t>(handled_)});
  handled_ = 0;
}

// -- nodes as they are there

/// One page at a time; one that is under way begins again.
void gateway_link_core::start_snapshot() {
  auto is_under_way = snapshot_mesh_ < told_.meshes.size() && snapshot_due_;
  snapshot_mesh_ = 0;
  snapshot_after_.reset();
  snapshot_due_ = true;
  if (!is_under_way)
    fetch_nodes();
}

void gateway_link_core::fetch_nodes() {
  if (snapshot_mesh_ >= told_.meshes.size()) {
    snapshot_due_ = false;
    return;
  }
  nodes_query asked{.mesh = {static_cast<std::uint16_t>(snapshot_mesh_)},
                    .after = snapshot_after_};
  ask<nodes_page>(asked, [this](nodes_page& page) { take_nodes(page); });
}

void gateway_link_core::take_nodes(nodes_page& page) {
  auto is_asked = page.mesh.value == snapshot_mesh_ && snapshot_mesh_ < meshes_.size();
  if (is_asked && page.problem.empty()) {
    if (!page.nodes.empty())
      snapshot_after_ = page.nodes.back().known.address;
    auto is_last = page.complete || page.nodes.empty();
    page.mesh = meshes_[snapshot_mesh_];
    if (auto& cache = wiring_.meshes[page.mesh.value].node_cache)
      self_->send(cache, std::move(page));
    if (!is_last)
      return fetch_nodes();
  } else if (!page.problem.empty()) {
    log_.warning("the nodes of a followed gateway cannot be read",
                 {{"gateway", told_.name},
                  {"mesh", told_.meshes[snapshot_mesh_].name},
                  {"reason", page.problem}});
  }
  ++snapshot_mesh_;
  snapshot_after_.reset();
  fetch_nodes();
}

// -- whether it is there

void gateway_link_core::send_ping() {
  ping_at_ = env_.clock.now().mono + ping_period;
  ask<pong>(ping{random_()}, [this](const pong& answer) { ponged(answer); });
}

void gateway_link_core::ponged(const pong& answer) {
  if (is_loop(answer.serves, env_.instance))
    return refuse("it follows this node itself: a loop");
  if (answer.generation != generation_ && phase_ == phase::following)
    greet();
}

void gateway_link_core::lose(const std::string& reason) {
  auto is_news = told_.state != following_state::connecting || told_.reason != reason;
  if (is_news)
    log_.warning("not following a gateway; it is tried again",
                 {{"gateway", told_.name}, {"reason", reason}});
  end_connection();
  auto now = env_.clock.now().mono;
  attempt_at_ = now + wait_.failed(now, static_cast<std::uint32_t>(random_()));
  set_state(following_state::connecting, reason);
}

void gateway_link_core::refuse(const std::string& reason) {
  log_.error("a gateway cannot be followed; it is tried again in 60 s",
             {{"gateway", told_.name}, {"reason", reason}});
  end_connection();
  attempt_at_ = env_.clock.now().mono + refused_wait;
  set_state(following_state::refused, reason);
}

void gateway_link_core::end_connection() {
  ++life_;
  ++counts_.failures;
  snapshot_due_ = false;
  facade_ = nullptr;
  if (connection_)
    connection_->close();
  connection_.reset();
  auto was_following = phase_ == phase::following;
  phase_ = phase::waiting;
  if (!was_following)
    return;
  for (auto& mesh : told_.meshes) {
    mesh.link = link_state::down;
    mesh.link_reason = "the gateway " + told_.name + " is not reached";
  }
  report_links();
}

void gateway_link_core::report_links() {
  for (std::size_t i = 0; i < meshes_.size() && i < told_.meshes.size(); ++i)
    if (auto& cache = wiring_.meshes[meshes_[i].value].node_cache)
      self_->send(cache, link_report{told_.meshes[i].link, told_.meshes[i].link_reason});
}

void gateway_link_core::set_state(following_state state, std::string reason) {
  told_.state = state;
  told_.reason = std::move(reason);
  if (env_.observer)
    env_.observer->changed(told_);
}

void gateway_link_core::stop() {
  stopping_ = true;
  self_->quit(caf::exit_reason::user_shutdown);
}

/// Its actor has ended.
void gateway_link_core::shut_down() {
  ++life_;
  facade_ = nullptr;
  wiring_ = {};
  if (connection_)
    connection_->close();
  connection_.reset();
}

gateway_link_actor::behavior_type
gateway_link(io_actor_of<gateway_link_actor, gateway_link_core>* self, std::size_t position,
             const gateway_settings* settings, environment* env,
             const supervisor_actor& supervisor) {
  self->set_exception_handler(to_error);
  self->state.core
    = std::make_shared<gateway_link_core>(self, position, *settings, *env, supervisor);
  auto core = self->state.core.get();
  core->tick();
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
