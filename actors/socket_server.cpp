#include "actors/socket_server.hpp"

#include "actors/error.hpp"
#include "protocol/json.hpp"

#include <boost/asio/post.hpp>
#include <boost/json/serialize.hpp>

namespace xylem {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// What one turn of a session reads at most.
constexpr std::size_t read_size = 64 * 1024;

/// Connections above the limit that may still be told so; beyond, they are closed at once.
constexpr std::size_t turned_away_room = 64;

/// After an accept that failed (no descriptors left, say): the next try.
constexpr auto accept_pause = std::chrono::milliseconds{100};

constexpr auto status_timeout = std::chrono::seconds{3};

constexpr event_kind_set pushed_kinds{event_kind::message, event_kind::request,
                                      event_kind::root_restarted};

std::string to_text(const tcp::endpoint& where) {
  auto host = where.address().to_string();
  return (where.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(where.port());
}

tcp::endpoint to_endpoint(asio::io_context& io, const endpoint& where) {
  error_code not_an_address;
  auto address = asio::ip::make_address(where.host, not_an_address);
  if (!not_an_address)
    return {address, where.port};
  // A name is looked up once, at start-up.
  return tcp::resolver{io}.resolve(where.host, std::to_string(where.port)).begin()->endpoint();
}

} // namespace

socket_server_core::socket_server_core(socket_server_actor::pointer self, mesh_index mesh,
                                       const mesh_settings& settings,
                                       std::shared_ptr<const dialect> speech, environment& env)
    : self_{self}, mesh_{mesh}, settings_{settings}, speech_{std::move(speech)}, env_{env},
      log_{env.log, "socket_server", settings.name}, types_{settings.registry()},
      acceptor_{env.io}, accept_pause_{env.io}, scratch_(read_size) {}

socket_server_core::~socket_server_core() {
  error_code ignored;
  acceptor_.close(ignored);
  for (auto& session : all_sessions())
    session->close(session_end::done);
}

// -- accepting

void socket_server_core::listen() {
  auto where = to_endpoint(env_.io, settings_.listen);
  acceptor_.open(where.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address{true});
  acceptor_.bind(where);
  acceptor_.listen(asio::socket_base::max_listen_connections);
  address_ = to_text(acceptor_.local_endpoint());
  log_.info("listening", {{"address", address_}});
  accept();
}

void socket_server_core::accept() {
  acceptor_.async_accept([core = weak_from_this()](error_code error, tcp::socket socket) {
    auto self = core.lock();
    if (!self || !self->acceptor_.is_open())
      return;
    if (!error) {
      self->admit(std::move(socket));
      return self->accept();
    }
    self->log_.warning("cannot accept a client", {{"error", error.message()}});
    self->accept_pause_.expires_after(accept_pause);
    self->accept_pause_.async_wait([core](error_code) {
      if (auto again = core.lock(); again && again->acceptor_.is_open())
        again->accept();
    });
  });
}

void socket_server_core::admit(tcp::socket socket) {
  auto full = sessions_.size() - turned_away_open_.size() >= settings_.clients;
  if (full)
    ++turned_away_;
  else
    ++accepted_;
  if (turned_away_open_.size() >= turned_away_room)
    return;
  auto session = std::make_shared<client_session>(++last_session_, std::move(socket), *this);
  sessions_.emplace(session->id(), session);
  if (full) {
    log_.warning("client limit reached", {{"limit", settings_.clients}});
    turned_away_open_.insert(session->id());
    session->refuse(failure::too_many_clients);
  } else {
    session->start();
  }
}

void socket_server_core::ended(client_session& who, session_end why) {
  ++ends_[why];
  if (who.current_role() == client_session::role::listening)
    --listeners_;
  if (who.current_role() == client_session::role::watching)
    --watchers_;
  if (why == session_end::slow_listener || why == session_end::not_reading)
    log_.warning("client cut off", {{"reason", to_string(why)}, {"session", who.id()}});
  sessions_.erase(who.id());
  turned_away_open_.erase(who.id());
  if (who.current_role() != client_session::role::asking)
    subscribe();
  quit_when_empty();
}

// -- requests

/// What all sessions ask in one poll cycle becomes one message.
void socket_server_core::submit(client_session& from, const client_request& request) {
  ++requests_;
  if (request.kind == request_kind::status)
    return ask_status(from.id());
  queued_request entry{.session = from.id(),
                       .kind = request.kind,
                       .command = request.command,
                       .node = request.node,
                       .code = request.code,
                       .max = request.max,
                       .offset = static_cast<std::uint32_t>(batch_.payloads.size()),
                       .size = static_cast<std::uint32_t>(request.payload.size())};
  append(batch_.payloads, request.payload);
  batch_.requests.push_back(entry);
  if (std::exchange(batch_scheduled_, true))
    return;
  asio::post(env_.io, [core = weak_from_this()] {
    if (auto server = core.lock())
      server->send_batch();
  });
}

void socket_server_core::send_batch() {
  batch_scheduled_ = false;
  if (batch_.requests.empty())
    return;
  auto batch = std::exchange(batch_, {.round = batch_.round});
  if (network_manager_ && node_cache_)
    return self_->send(network_manager_, std::move(batch));
  give_up();
}

/// Everything under way to an actor that is no more is answered with a failure, once: replies of
/// this round that still come are not delivered.
void socket_server_core::give_up() {
  batch_ = {.round = batch_.round + 1};
  for (auto& session : all_sessions())
    session->fail_outstanding();
}

void socket_server_core::deliver(const reply_batch& batch) {
  if (batch.round != batch_.round)
    return; // these were told that their actors are no more
  auto encoded = bytes_view{batch.encoded};
  for (const auto& reply : batch.replies) {
    auto mine = encoded.first(reply.size);
    encoded = encoded.subspan(reply.size);
    if (auto found = sessions_.find(reply.session); found != sessions_.end())
      session_ptr{found->second}->deliver(mine, reply.requests);
  }
}

void socket_server_core::refused(failure reason) {
  ++failures_[reason];
}

void socket_server_core::ask_status(std::uint64_t session) {
  // True once fail_outstanding() has answered.
  auto given_up = [this, round = batch_.round] { return round != batch_.round; };
  self_->request(supervisor_, status_timeout, status_atom::value)
    .then([this, session, given_up](actor_status& status) {
            if (!given_up())
              deliver_json(session, boost::json::serialize(status.body));
          },
          [this, session, given_up](const caf::error& error) {
            log_.warning("no status", {{"error", describe(error)}});
            auto found = sessions_.find(session);
            if (!given_up() && found != sessions_.end())
              session_ptr{found->second}->fail_outstanding();
          });
}

void socket_server_core::deliver_json(std::uint64_t session, std::string_view json) {
  auto found = sessions_.find(session);
  if (found == sessions_.end())
    return;
  bytes reply;
  speech_->append_json(reply, json);
  session_ptr{found->second}->deliver(reply, 1);
}

/// Requests that were under way to an actor that is no more are answered with a failure.
void socket_server_core::connect(const mesh_wiring& wiring) {
  auto lost = (network_manager_ && network_manager_ != wiring.network_manager)
              || (node_cache_ && node_cache_ != wiring.node_cache);
  auto other_hub = event_hub_ != wiring.event_hub;
  network_manager_ = wiring.network_manager;
  node_cache_ = wiring.node_cache;
  event_hub_ = wiring.event_hub;
  supervisor_ = wiring.supervisor;
  if (lost)
    give_up();
  if (other_hub)
    resubscribe();
}

// -- pushes

void socket_server_core::role_changed(client_session& who) {
  ++(who.current_role() == client_session::role::listening ? listeners_ : watchers_);
  subscribe();
}

subscriber_filter socket_server_core::wanted() const {
  subscriber_filter filter{.kinds = {}, .meshes = selection<mesh_index>{{mesh_}}};
  if (listeners_ > 0)
    filter.kinds = pushed_kinds;
  if (watchers_ > 0)
    filter.kinds = event_kind_set::all();
  return filter;
}

/// The hub sends what some session wants from now on, and nothing when none does.
void socket_server_core::subscribe() {
  auto filter = wanted();
  if (!event_hub_ || filter == filter_)
    return;
  filter_ = filter;
  self_->send(event_hub_, subscribe_atom::value, caf::actor_cast<subscriber_actor>(self_), filter);
}

/// A hub that was started anew sends what it has had before this, and tells watching sessions by a
/// gap that they may have missed events.
void socket_server_core::resubscribe() {
  filter_ = {.kinds = {}};
  if (watchers_ + listeners_ == 0)
    return;
  filter_ = wanted();
  self_->send(event_hub_, subscribe_atom::value, caf::actor_cast<subscriber_actor>(self_), filter_,
              seen_);
}

void socket_server_core::deliver(const published& news) {
  std::vector<session_ptr> watching;
  if (watchers_ > 0)
    for (const auto& [id, session] : sessions_)
      if (session->current_role() == client_session::role::watching)
        watching.push_back(session);
  if (news.epoch != seen_.epoch)
    for (auto& session : watching)
      session->settle_events();
  seen_ = {news.epoch, news.events->back().seq};
  if (listeners_ > 0)
    push(*news.events);
  for (auto& session : watching)
    session->tell(*news.events);
}

/// Every push is encoded once; all listeners share the bytes.
void socket_server_core::push(const std::vector<event>& events) {
  auto page = std::make_shared<push_page>();
  for (const auto& what : events) {
    if (!pushed_kinds.contains(what.kind))
      continue;
    auto before = page->encoded.size();
    speech_->append_push(page->encoded, what);
    if (page->encoded.size() > before)
      page->ends.push_back(static_cast<std::uint32_t>(page->encoded.size()));
  }
  if (page->ends.empty())
    return;
  for (auto& session : all_sessions()) {
    if (session->current_role() != client_session::role::listening)
      continue;
    pushes_ += page->ends.size();
    session->push(page);
  }
}

std::string socket_server_core::line_of(const event& what) {
  return boost::json::serialize(to_json(what, seen_.epoch, settings_.name, types_));
}

// -- time and the end

void socket_server_core::tick() {
  auto time = now();
  for (auto& session : all_sessions())
    session->check_timeouts(time);
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
  error_code ignored;
  acceptor_.close(ignored);
  for (auto& session : all_sessions())
    session->finish();
  quit_when_empty();
}

void socket_server_core::quit_when_empty() {
  if (stopping_ && sessions_.empty())
    end_actor(*self_, caf::exit_reason::user_shutdown);
}

std::vector<socket_server_core::session_ptr> socket_server_core::all_sessions() const {
  std::vector<session_ptr> all;
  all.reserve(sessions_.size());
  for (const auto& [id, session] : sessions_)
    all.push_back(session);
  return all;
}

boost::json::object socket_server_core::status() const {
  boost::json::object failures;
  for (auto [reason, count] : failures_)
    failures[to_string(reason)] = count;
  boost::json::object ends;
  for (auto [why, count] : ends_)
    ends[to_string(why)] = count;
  boost::json::array watchers;
  for (const auto& [id, session] : sessions_) {
    if (!session->events())
      continue;
    auto counters = session->events()->counters();
    watchers.push_back({{"name", settings_.name + "/" + std::to_string(id)},
                        {"published", counters.published},
                        {"delivered", counters.delivered},
                        {"coalesced", counters.coalesced},
                        {"dropped", counters.dropped},
                        {"queued", counters.queued}});
  }
  auto cut = ends_.find(session_end::slow_listener);
  return {{"address", address_},
          {"connected", sessions_.size() - turned_away_open_.size()},
          {"listeners", listeners_},
          {"watchers", watchers_},
          {"limit", settings_.clients},
          {"accepted", accepted_},
          {"refused", turned_away_},
          {"requests", requests_},
          {"failures", std::move(failures)},
          {"listeners_cut", cut == ends_.end() ? 0 : cut->second},
          {"pushes", pushes_},
          {"ended", std::move(ends)},
          {"subscribers", std::move(watchers)}};
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
    self->quit(make_error(gateway_error::address_in_use,
                          "cannot listen on " + settings->listen.host + ":"
                            + std::to_string(settings->listen.port) + ": "
                            + error.code().message()));
  }
  core->tick();
  return {
    [core](const wiring_ptr& wiring) { core->connect(*wiring); },
    [core](const reply_batch& batch) { core->deliver(batch); },
    [core](const published& news) { core->deliver(news); },
    [core](stop_atom) { core->stop(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->tick(); },
  };
}

} // namespace xylem
