#include "actors/remote/gate_core.hpp"

#include "actors/remote/monitor_rules.hpp"
#include "protocol/version.hpp"

#include <boost/asio/post.hpp>
#include <boost/json/serialize.hpp>
#include <caf/send.hpp>

namespace xylem {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr auto tick_period = std::chrono::seconds{1};

/// Asking for what has come costs a tenth of a page, and saves more when there is something.
constexpr auto turns_at_once = 2;

tls_files files_of(const gate_configuration& wanted) {
  return {wanted.authority, wanted.certificate, wanted.key};
}

/// For the last words to monitors, then those to the gateway.
constexpr auto time_to_part = std::chrono::milliseconds{250};

} // namespace

gate_core::gate_core(caf::actor_system& system, basp_node& node, const clock_source& clock,
                     file_descriptor gateway, gate_limits limits, on_end ended)
    : system_{system}, node_{node}, clock_{clock}, limits_{limits}, ended_{std::move(ended)},
      gateway_{std::move(gateway)}, timer_{node.unit().io()} {}

void gate_core::start() {
  auto weak = weak_from_this();
  auto with_self = [weak](auto call) {
    return [weak, call](auto&&... what) {
      if (auto self = weak.lock(); self && self->ended_)
        call(*self, std::forward<decltype(what)>(what)...);
    };
  };
  client_ = std::make_shared<gate_client>(
    node_.unit().io(), std::move(gateway_),
    gate_client::events{
      .configured = with_self([](gate_core& self, std::string_view text) { self.configure(text); }),
      .fed = with_self([](gate_core& self, event_page page) { self.fed(std::move(page)); }),
      .ended = with_self([](gate_core& self) { self.stop(); }),
      .lost = with_self(
        [](gate_core& self, std::string_view) { self.tell_end(outcome::gateway_gone); }),
    });
  client_->start();
  wait_for_tick();
}

// -- the end

void gate_core::shut_down() {
  ended_ = nullptr;
  timer_.cancel();
  if (client_)
    client_->close();
  if (listener_)
    listener_->close();
  for (auto& [id, each] : followers_) {
    each.facade->let_go();
    caf::anon_send_exit(each.actor, caf::exit_reason::user_shutdown); // and so its connection
  }
  followers_.clear();
}

void gate_core::stop() {
  if (std::exchange(stopping_, true) || !ended_)
    return;
  if (listener_)
    listener_->close();
  for (auto& [id, each] : followers_)
    end(each, {}, "the gateway ends");
  finish(outcome::told);
}

/// What was said to monitors, and then to the gateway, is written if they read.
void gate_core::finish(outcome how) {
  stopping_ = true;
  auto weak = weak_from_this();
  timer_.expires_after(followers_.empty() ? mono_time::duration{} : time_to_part);
  timer_.async_wait([weak, how](boost::system::error_code error) {
    auto self = weak.lock();
    if (error || !self || !self->ended_)
      return;
    auto tell = [weak, how] {
      if (auto it = weak.lock())
        it->tell_end(how);
    };
    self->client_->finish(tell);
    self->timer_.expires_after(time_to_part);
    self->timer_.async_wait([tell](boost::system::error_code cancelled) {
      if (!cancelled)
        tell();
    });
  });
}

void gate_core::tell_end(outcome how) {
  timer_.cancel();
  if (auto tell = std::exchange(ended_, nullptr))
    tell(how);
}

// -- the gateway

void gate_core::configure(std::string_view text) {
  auto wanted = parse_gate_configuration(text);
  if (stopping_)
    return;
  if (!wanted)
    return fail("the gateway has sent a configuration that is none");
  try {
    if (!listener_)
      open(*wanted);
  } catch (const boost::system::system_error& error) {
    return fail(error.code().message()); // what() has the place in a library's source, too
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  configuration_ = *std::move(wanted);
  if (configuration_.name.empty())
    configuration_.name = tls_->own().name;
  listener_->allow(monitor_access{configuration_.allow});
  check_access(now());
}

void gate_core::open(const gate_configuration& wanted) {
  auto files = files_of(wanted);
  tls_ = std::make_shared<mutual_tls>(files, clock_);
  files_.emplace(files);
  files_->refresh();
  limits_.connections = wanted.connections;
  auto weak = weak_from_this();
  listener_ = std::make_shared<gate_listener>(
    node_.unit().io(), clock_, tls_, limits_,
    gate_listener::events{
      .admitted = [weak](admitted_monitor who) {
        if (auto self = weak.lock())
          self->admit(std::move(who));
      },
      .log = [weak](log_level level, std::string_view line) {
        if (auto self = weak.lock())
          self->log(level, line);
      }});
  listener_->listen(wanted.listen);
  client_->tell_listening(listener_->port());
}

void gate_core::fail(std::string_view why) {
  log(log_level::error, why);
  finish(outcome::refused);
}

void gate_core::fed(event_page page) {
  memory_.take(std::move(page));
  turns_.all_want();
  serve();
}

/// Between a few turns and the next the loop asks what has come: the pages after those have it.
void gate_core::serve() {
  if (serves_ || !turns_.is_wanted())
    return;
  asio::post(node_.unit().io(), [weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self)
      return;
    self->serves_ = false;
    for (auto i = 0; i < turns_at_once; ++i)
      if (auto next = self->turns_.next()) {
        self->serve(); // the others have theirs, whatever becomes of this one
        self->give_turn(*next);
      }
  });
  serves_ = true; // unless there was no memory for it: then the next news or tick tries again
}

/// What the facade sends is written before the next one has its turn. Its page must not overtake
/// what was said through CAF: that runs first, and if it is more than a loop's share, the page
/// comes later.
void gate_core::give_turn(std::uint64_t connection) {
  auto found = followers_.find(connection);
  if (found == followers_.end())
    return;
  node_.unit().work_and_run([this, connection, facade = found->second.facade] {
    if (!node_.is_idle())
      return wants_turn(connection);
    try {
      facade->turn();
    } catch (...) { // no memory: a page may be lost; the monitor comes again, at its cursor
      facade->let_go();
      close(connection, std::nullopt, "there was no memory for its page");
      throw;
    }
  });
}

void gate_core::wait_for_tick() {
  timer_.expires_after(tick_period);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (auto self = weak.lock(); self && !error && self->ended_ && !self->stopping_)
      self->tick();
  });
}

void gate_core::tick() {
  wait_for_tick();
  if (listener_) {
    refresh_certificates();
    check_access(now());
    listener_->tick();
  }
  auto moment = now();
  for (auto& each : all_facades())
    each->tick(moment);
  client_->tell_state(json::serialize(state()));
}

/// Of files that were changed: whoever is let in from now on sees the new certificate.
void gate_core::refresh_certificates() {
  tls_->refresh();
  if (!files_->refresh())
    return;
  try {
    tls_ = std::make_shared<mutual_tls>(files_of(configuration_), clock_);
    tls_->server();
    listener_->use(tls_);
    log(log_level::info, "certificates were read again");
  } catch (const std::exception& error) {
    log(log_level::warning,
        std::string{"changed certificates cannot be used, those before stay: "} + error.what());
  }
}

// -- facade_host

std::string gate_core::software() const {
  return "xylem " + std::string{software_version()};
}

void gate_core::wants_turn(std::uint64_t connection) {
  turns_.wants(connection);
  serve();
}

void gate_core::ask(const std::string& who, question_kind kind, std::string encoded,
                    answered done) {
  client_->ask(who, kind, std::move(encoded), std::move(done));
}

void gate_core::ask_replay(const gate_replay& what, answered done) {
  client_->ask_replay(what, std::move(done));
}

std::size_t gate_core::queued_bytes(std::uint64_t connection) const {
  auto found = followers_.find(connection);
  return found == followers_.end() || !found->second.connection
           ? 0
           : found->second.connection->queued_bytes();
}

void gate_core::send(std::uint64_t connection, const caf::strong_actor_ptr& to, cursor from,
                     const event_page& page) {
  auto found = followers_.find(connection);
  if (found != followers_.end() && found->second.connection)
    found->second.connection->send<event_page>(
      caf::actor_cast<caf::strong_actor_ptr>(found->second.actor), to, pages_.encode(from, page));
}

void gate_core::close(std::uint64_t connection, std::optional<monitor_refusal> reason,
                      std::string_view why) {
  if (auto found = followers_.find(connection); found != followers_.end())
    end(found->second, reason ? to_string(*reason) : std::string_view{}, why);
}

} // namespace xylem
