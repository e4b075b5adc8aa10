#include "actors/socket_server.hpp"

#include "actors/error.hpp"

namespace xylem {

namespace {

/// What one turn of a session reads at most.
constexpr std::size_t read_size = 64 * 1024;

/// Buffers of a batch that together grew above this are not kept.
constexpr std::size_t kept_buffers = 1024 * 1024;

} // namespace

socket_server_core::socket_server_core(io_actor<socket_server_actor>* self, mesh_index mesh,
                                       const mesh_settings& settings,
                                       std::shared_ptr<const dialect> speech, environment& env)
    : self_{self}, mesh_{mesh}, settings_{settings}, speech_{std::move(speech)}, env_{env},
      log_{env.log, "socket_server", settings.name},
      acceptor_{std::make_shared<client_acceptor>(env, log_)}, poll_{env.io}, scratch_(read_size),
      now_{env.clock.now().mono},
      // Replies to an earlier server of this mesh are not ours.
      batch_{.round = static_cast<std::uint64_t>(now_.time_since_epoch().count())} {}

/// The address is free for the next server, and the actor, which is no more, is not touched again.
void socket_server_core::shut_down() {
  is_down_ = true;
  stopping_ = false;
  event_hub_ = nullptr;
  acceptor_->close();
  poll_.close();
  sessions_.for_each([](client_session& session) { session.close(session_end::done); });
}

void socket_server_core::ended(client_session& who, session_end why) {
  ended_.push_back(sessions_.remove(who.id())); // has its room since it came
  turned_away_open_.erase(who.id());
  ++ends_[why];
  if (why == session_end::slow_listener || why == session_end::not_reading)
    log_.warning("client cut off: it does not read what it is sent",
                 {{"reason", to_string(why)}, {"session", sessions_.serial(who.id())}});
  if (who.is_listening()) {
    --listeners_;
    subscribe();
  }
  quit_when_empty();
}

// -- requests

void socket_server_core::submit(client_session& from, const client_request& request) {
  ++requests_;
  if (request.kind == request_kind::history && recorder_ && node_cache_)
    ask_past(from.id(), request);
  else
    enqueue(from.id(), request);
}

/// What all sessions ask in one turn becomes one message. No request tells of a payload that there
/// was no memory for.
void socket_server_core::enqueue(std::uint64_t session, const client_request& request) {
  auto offset = static_cast<std::uint32_t>(batch_.payloads.size());
  if (!request.payload.empty())
    append(batch_.payloads, request.payload);
  // Filled in where it stays: copied from a fresh local, it would cost 13 ns instead of 4.
  auto& entry = batch_.requests.emplace_back();
  entry.session = session;
  entry.kind = request.kind;
  entry.command = request.command;
  entry.node = request.node;
  entry.code = request.code;
  entry.max = request.max;
  entry.offset = offset;
  entry.size = static_cast<std::uint32_t>(request.payload.size());
  batch_.has_commands |= request.kind == request_kind::command
                         || request.kind == request_kind::answer;
  schedule_turn();
}

/// Queries alone go to the node cache directly, but never past commands that came before them.
void socket_server_core::send_batch() {
  if (batch_.requests.empty())
    return;
  if (!network_manager_ || !node_cache_)
    return give_up();
  auto batch = std::exchange(batch_, std::exchange(spare_, {}));
  batch_.round = batch.round;
  batch.began = now_;
  if (batch.has_commands || commands_under_way_ > 0) {
    ++commands_under_way_;
    batch.has_commands = true;
    self_->send(network_manager_, std::move(batch));
  } else {
    self_->send(node_cache_, std::move(batch));
  }
}

/// Everything under way to an actor that is no more is answered with a failure, once: replies of
/// this round that still come are not delivered.
void socket_server_core::give_up() {
  batch_ = {.round = batch_.round + 1};
  commands_under_way_ = 0;
  look_at_clock();
  each([](client_session& who) { who.fail_outstanding(); });
}

void socket_server_core::deliver(request_batch&& batch) {
  if (batch.round != batch_.round)
    return; // these were told that their actors are no more
  if (batch.has_commands)
    --commands_under_way_;
  auto encoded = bytes_view{batch.encoded};
  std::size_t requests = 0;
  for (const auto& reply : batch.replies) {
    requests += reply.requests;
    auto mine = encoded.first(reply.size);
    encoded = encoded.subspan(reply.size);
    serve(reply.session, [&](client_session& who) { who.deliver(mine, reply.requests); });
  }
  answered_.push_back({batch.began, requests});
  keep_buffers(std::move(batch));
  if (in_turn_)
    return; // which looks at the clock
  look_at_clock();
  settle_latencies();
}

/// What was answered since the last look at the clock was so now.
void socket_server_core::settle_latencies() {
  for (auto [began, requests] : answered_)
    request_latency_.record(now_ - began, requests);
  answered_.clear();
}

void socket_server_core::keep_buffers(request_batch&& batch) {
  auto size = batch.encoded.capacity() + batch.payloads.capacity()
              + batch.requests.capacity() * sizeof(queued_request);
  if (size > kept_buffers)
    return;
  spare_ = std::move(batch);
  spare_.has_commands = false;
  spare_.payloads.clear();
  spare_.requests.clear();
  spare_.encoded.clear();
  spare_.replies.clear();
}

void socket_server_core::refused(failure reason) {
  ++failures_[reason];
}

/// Requests that were under way to an actor that is no more are answered with a failure.
void socket_server_core::connect(const mesh_wiring& wiring) {
  auto lost = (network_manager_ && network_manager_ != wiring.network_manager)
              || (node_cache_ && node_cache_ != wiring.node_cache);
  auto other_hub = event_hub_ != wiring.event_hub;
  network_manager_ = wiring.network_manager;
  node_cache_ = wiring.node_cache;
  event_hub_ = wiring.event_hub;
  recorder_ = wiring.recorder;
  if (lost)
    give_up();
  if (other_hub)
    resubscribe();
}

// -- pushes

void socket_server_core::listener_added() {
  ++listeners_;
  subscribe();
}

/// The hub sends what listeners get, and nothing while there are none.
void socket_server_core::subscribe() {
  auto wanted = listeners_ > 0;
  if (!event_hub_ || wanted == subscribed_)
    return;
  subscribed_ = wanted;
  self_->send(event_hub_, subscribe_atom::value, caf::actor_cast<subscriber_actor>(self_),
              filter());
}

/// A hub that was started anew sends also what it has had before this.
void socket_server_core::resubscribe() {
  subscribed_ = listeners_ > 0;
  if (subscribed_)
    self_->send(event_hub_, subscribe_atom::value, caf::actor_cast<subscriber_actor>(self_),
                filter(), seen_);
}

subscriber_filter socket_server_core::filter() const {
  using enum event_kind;
  subscriber_filter wanted{.kinds = {}, .meshes = selection<mesh_index>{{mesh_}}};
  if (subscribed_)
    wanted.kinds = {message, request, root_restarted};
  return wanted;
}

void socket_server_core::deliver(const published& news) {
  seen_ = {news.epoch, news.events->back().seq};
  if (listeners_ == 0)
    return;
  auto page = encode(*news.events);
  if (page->ends.empty())
    return;
  look_at_clock();
  each([&](client_session& who) {
    if (!who.is_listening())
      return;
    pushes_ += page->ends.size();
    who.push(page);
  });
  look_at_clock();
  push_latency_.record(now_ - news.received);
}

/// Every push is encoded once; all listeners share the bytes.
std::shared_ptr<const push_page>
socket_server_core::encode(const std::vector<event>& events) const {
  auto page = std::make_shared<push_page>();
  for (const auto& what : events) {
    auto before = page->encoded.size();
    speech_->append_push(page->encoded, what);
    if (page->encoded.size() > before)
      page->ends.push_back(static_cast<std::uint32_t>(page->encoded.size()));
  }
  return page;
}

// -- time and the end

void socket_server_core::tick() {
  look_at_clock();
  ended_.clear();
  each([this](client_session& who) { who.check_timeouts(now_); });
  self_->delayed_send(socket_server_actor{self_}, tick_period(), tick_atom::value);
}

/// A quarter of the shortest time-out, so that none is late by more than that.
std::chrono::milliseconds socket_server_core::tick_period() const noexcept {
  auto shortest = settings_.request_timeout;
  if (settings_.idle_timeout.count() > 0)
    shortest = std::min(shortest, settings_.idle_timeout);
  return std::clamp(shortest / 4, std::chrono::milliseconds{5}, std::chrono::milliseconds{1000});
}

void socket_server_core::stop() {
  stopping_ = true;
  acceptor_->close();
  look_at_clock();
  each([](client_session& who) { who.finish(); });
  quit_when_empty();
}

void socket_server_core::quit_when_empty() {
  if (stopping_ && sessions_.empty())
    end_actor(*self_, caf::exit_reason::user_shutdown);
}

socket_server_actor::behavior_type
socket_server(io_actor_of<socket_server_actor, socket_server_core>* self, mesh_index mesh,
              const mesh_settings* settings, std::shared_ptr<const dialect> speech,
              environment* env) {
  self->set_exception_handler(to_error);
  self->state.core
    = std::make_shared<socket_server_core>(self, mesh, *settings, std::move(speech), *env);
  auto core = self->state.core.get();
  try {
    core->listen();
  } catch (const boost::system::system_error& error) {
    self->quit(make_error(gateway_error::cannot_serve,
                          "cannot listen on " + settings->listen.host + ":"
                            + std::to_string(settings->listen.port) + ": "
                            + error.code().message()));
  }
  core->tick();
  return {
    [core](const wiring_ptr& wiring) { core->connect(*wiring); },
    [core](request_batch& batch) { core->deliver(std::move(batch)); },
    [core](const published& news) { core->deliver(news); },
    [core](stop_atom) { core->stop(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->tick(); },
  };
}

} // namespace xylem
