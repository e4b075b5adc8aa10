#include "actors/web_server.hpp"

#include "actors/error.hpp"
#include "actors/log_text.hpp"
#include "actors/web_session.hpp"
#include "protocol/json.hpp"
#include "protocol/version.hpp"

#include <boost/asio/post.hpp>

namespace xylem {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::ip::tcp;

namespace {

/// Deadlines are at most this late, and revoked tokens.
constexpr auto tick_period = std::chrono::seconds{1};

std::vector<const data_type_registry*> pointers_to(const std::vector<data_type_registry>& types) {
  std::vector<const data_type_registry*> all;
  for (const auto& each : types)
    all.push_back(&each);
  return all;
}

std::vector<std::string> names_of(const std::deque<mesh_settings>& meshes) {
  std::vector<std::string> names;
  for (const auto& mesh : meshes)
    names.push_back(mesh.name);
  return names;
}

std::vector<data_type_registry> types_of(const std::deque<mesh_settings>& meshes) {
  std::vector<data_type_registry> types;
  for (const auto& mesh : meshes)
    types.push_back(mesh.registry());
  return types;
}

web_reach reach_of(const web_settings& settings) {
  boost::system::error_code is_name;
  auto address = asio::ip::make_address(settings.listen.host, is_name);
  return {.loopback = is_name ? settings.listen.host == "localhost" : address.is_loopback(),
          .tls = !settings.certificate.empty(),
          .origins = settings.origins};
}

std::string token_path_of(const gateway_settings& settings) {
  if (!settings.web.tokens.empty() || settings.state_dir.empty())
    return settings.web.tokens;
  return settings.state_dir + "/tokens.json";
}

} // namespace

web_server_core::web_server_core(io_actor<web_server_actor>* self,
                                 const gateway_settings& settings, web_assets assets,
                                 environment& env)
    : self_{self}, settings_{settings}, assets_{assets}, env_{env}, log_{env.log, "web_server"},
      mesh_names_{names_of(settings.meshes)}, types_{types_of(settings.meshes)},
      guard_{reach_of(settings.web)}, acceptor_{std::make_shared<client_acceptor>(env, log_)},
      tokens_{token_path_of(settings), !settings.web.tokens.empty()}, questions_(settings.meshes.size()),
      lines_{mesh_names_, types_}, dashboard_{mesh_names_, pointers_to(types_)} {
  for (std::size_t i = 0; i < questions_.size(); ++i)
    questions_[i].mesh = mesh_index{static_cast<std::uint16_t>(i)};
}

// -- the beginning and the end

void web_server_core::listen() {
  refresh_tokens();
  if (!settings_.web.certificate.empty())
    load_certificate();
  acceptor_->listen("web_server", settings_.web.listen,
                    [this](std::vector<file_descriptor> sockets) {
                      for (auto& socket : sockets)
                        admit(std::move(socket));
                    });
  auto scheme = tls_ ? "https://" : "http://";
  log_.info("serving", {{"url", scheme + acceptor_->address() + "/"}});
}

void web_server_core::load_certificate() {
  using context = asio::ssl::context;
  tls_.emplace(context::tls_server);
  tls_->set_options(context::default_workarounds | context::no_tlsv1 | context::no_tlsv1_1
                    | context::no_compression | context::single_dh_use);
  // A key that needs a passphrase is an error, not a question on the terminal.
  tls_->set_password_callback([](std::size_t, context::password_purpose) { return std::string{}; });
  tls_->use_certificate_chain_file(settings_.web.certificate);
  tls_->use_private_key_file(settings_.web.key, context::pem);
}

void web_server_core::shut_down() {
  is_down_ = true;
  acceptor_->close();
  wiring_ = {};
  connections_.for_each([](web_connection& each) { each.close(); });
}

void web_server_core::stop() {
  stopping_ = true;
  acceptor_->close();
  connections_.for_each([](web_connection& each) { each.finish(); });
  quit_when_empty();
}

void web_server_core::quit_when_empty() {
  if (stopping_ && !is_down_ && connections_.size() == 0)
    end_actor(*self_, caf::exit_reason::user_shutdown);
}

void web_server_core::tick() {
  refresh_tokens();
  auto now = env_.clock.now().mono;
  connections_.for_each([&](web_connection& each) { each.tick(now); });
  std::vector<std::string> messages;
  dashboard_.tell_suppressed(now, messages);
  for (const auto& message : messages)
    each_listener([&](web_listener& who) { who.tell(message); });
  self_->delayed_send(web_server_actor{self_}, tick_period, tick_atom::value);
}

void web_server_core::refresh_tokens() {
  if (tokens_.refresh(log_))
    each_listener([&](web_listener& who) {
      if (!tokens_.still_admits(who.token()))
        who.revoke();
    });
}

// -- who comes

void web_server_core::admit(file_descriptor socket) {
  if (connections_.size() >= settings_.web.connections)
    return turn_away(std::move(socket));
  ++accepted_;
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getpeername(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  auto protocol = address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4();
  boost::system::error_code error;
  web_tcp_stream stream{env_.io.get_executor()};
  stream.assign(protocol, socket.get(), error);
  if (error)
    return;
  socket.release();
  auto peer = stream.remote_endpoint(error);
  if (error)
    return; // it has gone already
  stream.set_option(tcp::no_delay{true}, error);
  if (tls_)
    start(web_tls_stream{std::move(stream), *tls_}, to_text(peer));
  else
    start(std::move(stream), to_text(peer));
}

template <class Stream>
void web_server_core::start(Stream stream, std::string name) {
  auto id = connections_.next_key();
  auto upgrade = [this, id](std::shared_ptr<web_socket<Stream>> socket) {
    ++upgraded_;
    add_listener(id, socket->subscriber());
    if (stopping_)
      socket->finish();
    if (auto place = connections_.find(id))
      *place = std::move(socket);
  };
  auto session = std::make_shared<web_session<Stream>>(id, std::move(stream), std::move(name),
                                                       shared_from_this(), std::move(upgrade));
  connections_.add(session);
  try {
    session->start();
  } catch (...) {
    connections_.remove(id); // nobody would ever serve it
    throw;
  }
}

/// Told without waiting for a request; what does not fit the socket's buffer is not sent.
void web_server_core::turn_away(file_descriptor socket) {
  if (turned_away_++ == 0)
    log_.warning("too many web connections; further ones are turned away",
                 {{"limit", settings_.web.connections}});
  if (tls_)
    return;
  auto response = problem_response(
    {problem_kind::too_many_connections,
     "all " + std::to_string(settings_.web.connections) + " connections are in use"});
  std::string text;
  append_head(text, response, date(env_.clock.now().wall), false);
  text += response.body;
  [[maybe_unused]] auto sent = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

void web_server_core::ended(std::uint64_t connection) {
  connections_.remove(connection);
  if (std::erase_if(listeners_, [&](const listening& each) {
        return each.connection == connection;
      }) > 0)
    listeners_changed();
  quit_when_empty();
}

void web_server_core::note_failure(std::string_view what) {
  note_cut_off(cut_off::failed);
  log_.error("a web connection is closed: an error in the gateway", {{"error", what}});
}

/// Whoever makes the log quieter is told in it.
void web_server_core::log_from(log_level least) {
  auto was = env_.log.least();
  auto tell = [&] {
    log_.info("the level of the log was changed", {{"from", to_string(was)},
                                                   {"to", to_string(least)}});
  };
  if (was <= log_level::info)
    tell();
  env_.log.set_least(least);
  if (was > log_level::info)
    tell();
}

// -- what is served at once

const web_asset* web_server_core::find_asset(std::string_view path) const noexcept {
  auto found = std::ranges::lower_bound(assets_, path, {}, &web_asset::path);
  return found != assets_.end() && found->path == path ? &*found : nullptr;
}

std::string_view web_server_core::date(wall_time now) {
  auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != date_second_ || date_.empty()) {
    date_second_ = second;
    date_ = http_date(now);
  }
  return date_;
}

std::string_view web_server_core::version() const noexcept {
  return software_version();
}

namespace {

caf::error cannot_serve(const gateway_settings& settings, const std::string& why) {
  const auto& where = settings.web.listen;
  return make_error(gateway_error::cannot_serve, "cannot serve on " + where.host + ":"
                                                   + std::to_string(where.port) + ": " + why);
}

} // namespace

web_server_actor::behavior_type
web_server(io_actor_of<web_server_actor, web_server_core>* self, const gateway_settings* settings,
           web_assets assets, environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<web_server_core>(self, *settings, assets, *env);
  auto core = self->state.core.get();
  try {
    core->listen();
  } catch (const boost::system::system_error& error) {
    self->quit(cannot_serve(*settings, error.code().message()));
  } catch (const std::exception& error) {
    self->quit(cannot_serve(*settings, error.what()));
  }
  core->tick();
  return {
    [core](const gateway_wiring_ptr& wiring) { core->connect(*wiring); },
    [core](web_batch& batch) { core->deliver(std::move(batch)); },
    [core](const published& news) { core->deliver(news); },
    [core](stop_atom) { core->stop(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->tick(); },
  };
}

} // namespace xylem
