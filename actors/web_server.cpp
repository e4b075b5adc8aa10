#include "actors/web_server.hpp"

#include "actors/error.hpp"
#include "actors/token_file.hpp"
#include "actors/web_session.hpp"
#include "protocol/json.hpp"

#include <boost/asio/post.hpp>

#include <sys/stat.h>

namespace xylem {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::ip::tcp;

namespace {

/// Deadlines are at most this late, and revoked tokens.
constexpr auto tick_period = std::chrono::seconds{1};

constexpr auto actor_timeout = std::chrono::seconds{5};

std::string name_of(const tcp::endpoint& where) {
  auto host = where.address().to_string();
  return (where.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(where.port());
}

std::vector<const data_type_registry*> pointers_to(const std::vector<data_type_registry>& types) {
  std::vector<const data_type_registry*> all;
  for (const auto& each : types)
    all.push_back(&each);
  return all;
}

std::vector<std::string> names_of(const std::vector<mesh_settings>& meshes) {
  std::vector<std::string> names;
  for (const auto& mesh : meshes)
    names.push_back(mesh.name);
  return names;
}

std::vector<data_type_registry> types_of(const std::vector<mesh_settings>& meshes) {
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

/// Nothing when there is no file.
std::optional<file_version> version_of(const std::string& path) {
  struct stat found {};
  if (path.empty() || ::stat(path.c_str(), &found) != 0)
    return std::nullopt;
  return file_version{found.st_ino, found.st_size,
                      std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec};
}

} // namespace

std::string_view to_string(cut_off why) noexcept {
  switch (why) {
    case cut_off::handshake_timeout: return "handshake_timeout";
    case cut_off::header_timeout: return "header_timeout";
    case cut_off::body_timeout: return "body_timeout";
    case cut_off::answer_timeout: return "answer_timeout";
    case cut_off::idle: return "idle";
    case cut_off::header_too_large: return "header_too_large";
    case cut_off::body_too_large: return "body_too_large";
    case cut_off::bad_request: return "bad_request";
    case cut_off::too_slow: return "too_slow";
    case cut_off::silent: return "silent";
    case cut_off::binary_message: return "binary_message";
    case cut_off::message_too_large: return "message_too_large";
    case cut_off::token_revoked: return "token_revoked";
    case cut_off::failed: return "failed";
  }
  return "unknown";
}

web_server_core::web_server_core(io_actor<web_server_actor>* self,
                                 const gateway_settings& settings, web_assets assets,
                                 environment& env)
    : self_{self}, settings_{settings}, assets_{assets}, env_{env}, log_{env.log, "web_server"},
      mesh_names_{names_of(settings.meshes)}, types_{types_of(settings.meshes)},
      guard_{reach_of(settings.web)}, acceptor_{std::make_shared<client_acceptor>(env, log_)},
      token_path_{token_path_of(settings)}, tokens_required_{!settings.web.tokens.empty()},
      questions_(settings.meshes.size()),
      lines_{mesh_names_, types_}, dashboard_{mesh_names_, pointers_to(types_)} {
  for (std::size_t i = 0; i < questions_.size(); ++i)
    questions_[i].mesh = mesh_index{static_cast<std::uint16_t>(i)};
}

// -- the beginning and the end

void web_server_core::listen() {
  load_tokens();
  if (!settings_.web.certificate.empty())
    load_certificate();
  acceptor_->listen(settings_.web.listen, [this](std::vector<file_descriptor> sockets) {
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
  load_tokens();
  auto now = env_.clock.now().mono;
  connections_.for_each([&](web_connection& each) { each.tick(now); });
  std::vector<std::string> messages;
  dashboard_.tell_suppressed(now, messages);
  for (const auto& message : messages)
    each_listener([&](web_listener& who) { who.tell(message); });
  self_->delayed_send(web_server_actor{self_}, tick_period, tick_atom::value);
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
  stream.assign(protocol, socket.release(), error);
  auto peer = error ? tcp::endpoint{} : stream.remote_endpoint(error);
  if (error)
    return; // it has gone already
  stream.set_option(tcp::no_delay{true}, error);
  if (tls_)
    start(web_tls_stream{std::move(stream), *tls_}, name_of(peer));
  else
    start(std::move(stream), name_of(peer));
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
  session->start();
}

/// Told without waiting for a request; what does not fit the socket's buffer is not sent.
void web_server_core::turn_away(file_descriptor socket) {
  if (turned_away_++ == 0)
    log_.warning("connection limit reached", {{"limit", settings_.web.connections}});
  if (tls_)
    return;
  auto response = problem_response(
    {problem_kind::too_many_connections,
     "all " + std::to_string(settings_.web.connections) + " connections are in use"});
  std::string text;
  append_head(text, response, date(), false);
  text += response.body;
  [[maybe_unused]] auto sent = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

void web_server_core::ended(std::uint64_t connection) {
  connections_.remove(connection);
  if (listeners_.erase(connection) > 0)
    listeners_changed();
  quit_when_empty();
}

void web_server_core::note_failure(std::string_view what) {
  note_cut_off(cut_off::failed);
  log_.error("a connection is cut off", {{"error", what}});
}

// -- tokens

/// The file is looked at each second: a revoked token is refused from then on.
void web_server_core::load_tokens() {
  auto version = version_of(token_path_);
  if (version == tokens_version_)
    return;
  tokens_version_ = version;
  tokens_required_ = tokens_required_ || version.has_value();
  auto read = read_tokens(token_path_);
  tokens_unreadable_ = std::holds_alternative<std::string>(read);
  if (tokens_unreadable_)
    log_.error("tokens cannot be read; nobody is admitted",
               {{"error", std::get<std::string>(read)}});
  else
    tokens_ = std::get<std::vector<token_record>>(std::move(read));
  revoke_unknown();
}

void web_server_core::revoke_unknown() {
  each_listener([&](web_listener& who) {
    if (!who.token() || !find_token(tokens_, *who.token()))
      who.revoke();
  });
}

std::variant<web_client, problem>
web_server_core::admit(std::optional<std::string_view> token) {
  if (tokens_unreadable_)
    return problem{problem_kind::not_available, "the file of tokens cannot be read"};
  if (!tokens_required_)
    return web_client{access_scope::admin, std::nullopt};
  if (!token)
    return problem{problem_kind::token_required,
                   "send Authorization: Bearer TOKEN; xylem token create makes one"};
  auto hash = hash_token(*token);
  auto found = find_token(tokens_, hash);
  if (!found)
    return problem{problem_kind::token_unknown, "the token is not known, or was revoked"};
  return web_client{found->scope, hash};
}

// -- what is served at once

const web_asset* web_server_core::find_asset(std::string_view path) const noexcept {
  auto found = std::ranges::lower_bound(assets_, path, {}, &web_asset::path);
  return found != assets_.end() && found->path == path ? &*found : nullptr;
}

std::string_view web_server_core::date() {
  auto now = env_.clock.now().wall;
  auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != date_second_ || date_.empty()) {
    date_second_ = second;
    date_ = http_date(now);
  }
  return date_;
}

std::string_view web_server_core::version() const noexcept {
  return XYLEM_VERSION;
}

// -- what others are asked

void web_server_core::ask(mesh_index mesh, web_question question) {
  questions_[mesh.value].questions.push_back(std::move(question));
  if (std::exchange(questions_scheduled_, true))
    return;
  // After all handlers of this poll cycle: what they ask is one message.
  asio::post(env_.io, [self = shared_from_this()] { self->send_questions(); });
}

void web_server_core::send_questions() {
  questions_scheduled_ = false;
  auto send_all = [this] {
    for (auto& batch : questions_) {
      if (batch.questions.empty())
        continue;
      auto known = batch.mesh.value < wiring_.meshes.size();
      auto cache = known ? wiring_.meshes[batch.mesh.value].node_cache : node_cache_actor{};
      auto questions = std::exchange(batch.questions, {});
      if (cache)
        self_->send(cache, web_batch{batch.mesh, std::move(questions)});
      else
        for (auto& question : questions)
          fail(std::move(question), {problem_kind::not_available, "the node cache is restarted"});
    }
  };
  if (is_down_)
    return;
  auto alive = caf::strong_actor_ptr{self_->ctrl()};
  self_->work_and_run_others(send_all);
}

void web_server_core::fail(web_question&& question, problem why) {
  question.answer.failed = std::move(why);
  if (auto found = connections_.find(question.connection))
    connection_ptr{*found}->answered(std::move(question));
}

void web_server_core::deliver(web_batch&& batch) {
  for (auto& question : batch.questions)
    if (auto found = connections_.find(question.connection))
      connection_ptr{*found}->answered(std::move(question));
  auto& next = questions_[batch.mesh.value].questions;
  if (next.empty() && next.capacity() == 0) {
    batch.questions.clear();
    next = std::move(batch.questions);
  }
}

template <class Answer, class Handle, class... Content>
void web_server_core::request(const Handle& whom, std::function<void(std::optional<Answer>)> done,
                              Content... content) {
  if (is_down_ || !whom) {
    asio::post(env_.io, [done = std::move(done)] { done(std::nullopt); });
    return;
  }
  self_->request(whom, actor_timeout, std::move(content)...)
    .then([done](Answer& answer) { done(std::move(answer)); },
          [done](const caf::error&) { done(std::nullopt); });
}

void web_server_core::submit(command_request what, then<command_answer> done) {
  auto mesh = what.mesh;
  auto known = mesh.value < wiring_.meshes.size();
  auto manager = known ? wiring_.meshes[mesh.value].network_manager : network_manager_actor{};
  auto arrive = [done = std::move(done), mesh](std::optional<command_answer> answer) {
    done(answer ? std::move(*answer)
                : command_answer{mesh, problem{problem_kind::not_available,
                                               "the network manager does not answer"}});
  };
  request<command_answer>(manager, std::function{std::move(arrive)}, std::move(what));
}

/// Numbers are given out by every mesh: all are asked, and who knows it answers.
void web_server_core::find_command(command_id id, then<command_answer> done) {
  struct search {
    then<command_answer> done;
    std::size_t open = 0;
    bool found = false;
  };
  auto state = std::make_shared<search>(search{std::move(done), mesh_names_.size()});
  for (std::size_t i = 0; i < mesh_names_.size(); ++i) {
    auto known = i < wiring_.meshes.size();
    auto manager = known ? wiring_.meshes[i].network_manager : network_manager_actor{};
    auto arrive = [state](std::optional<command_answer> answer) {
      auto knows = answer && std::holds_alternative<command_record>(answer->result);
      auto last = --state->open == 0;
      if (state->found || (!knows && !last))
        return;
      state->found = true;
      state->done(answer ? std::move(*answer)
                         : command_answer{{}, problem{problem_kind::not_available,
                                                      "the network manager does not answer"}});
    };
    request<command_answer>(manager, std::function{std::move(arrive)}, id);
  }
}

void web_server_core::ask_status(then<std::optional<json::object>> done) {
  auto arrive = [done = std::move(done)](std::optional<actor_status> answer) {
    done(answer ? std::optional{std::move(answer->body)} : std::nullopt);
  };
  request<actor_status>(wiring_.supervisor, std::function{std::move(arrive)}, status_atom::value);
}

void web_server_core::ask_incidents(incident_query asked,
                                    then<std::optional<json::object>> done) {
  auto arrive = [done = std::move(done)](std::optional<actor_status> answer) {
    done(answer ? std::optional{std::move(answer->body)} : std::nullopt);
  };
  request<actor_status>(wiring_.supervisor, std::function{std::move(arrive)}, asked);
}

void web_server_core::ask_replay(replay_query asked, then<std::optional<replay_page>> done) {
  request<replay_page>(wiring_.event_hub, std::move(done), std::move(asked));
}

// -- events

void web_server_core::connect(const gateway_wiring& wiring) {
  auto fresh_hub = wiring.event_hub && wiring_.event_hub != wiring.event_hub;
  wiring_ = wiring;
  dashboard_.set_socket(std::ranges::all_of(
    wiring.meshes, [](const mesh_wiring& mesh) { return static_cast<bool>(mesh.socket_server); }));
  if (!fresh_hub)
    return;
  filter_ = wanted();
  resubscribe();
  each_listener([](web_listener& who) { who.hub_restarted(); });
}

/// What a page without subscription shows and what commands become is always wanted; everything
/// else only while somebody follows it.
subscriber_filter web_server_core::wanted() const {
  using enum event_kind;
  subscriber_filter filter{.kinds = {node_joined, node_changed, link_changed, command}};
  for (const auto& [id, weak] : listeners_) {
    auto who = weak.lock();
    if (!who)
      continue;
    if (who->only_listens()) {
      for (auto kind : {reading, message, request, root_restarted, root_log})
        filter.kinds.add(kind);
    } else if (who->subscriber()) {
      filter.kinds = event_kind_set::all();
    }
  }
  return filter;
}

void web_server_core::listeners_changed() {
  auto filter = wanted();
  if (filter == filter_)
    return;
  filter_ = std::move(filter);
  resubscribe();
}

void web_server_core::resubscribe() {
  if (!is_down_ && wiring_.event_hub)
    self_->send(wiring_.event_hub, subscribe_atom::value,
                caf::actor_cast<subscriber_actor>(web_server_actor{self_}), filter_);
}

void web_server_core::add_listener(std::uint64_t connection, std::weak_ptr<web_listener> who) {
  listeners_.insert_or_assign(connection, std::move(who));
  listeners_changed();
}

template <class Service>
void web_server_core::each_listener(Service service) {
  std::vector<std::shared_ptr<web_listener>> all;
  all.reserve(listeners_.size());
  for (const auto& [id, weak] : listeners_)
    if (auto who = weak.lock())
      all.push_back(std::move(who));
  for (const auto& who : all)
    service(*who);
}

void web_server_core::deliver(const published& news) {
  each_listener([&](web_listener& who) { who.publish(news); });
  tell_dashboards(*news.events);
  if (!listeners_.empty())
    push_times_.record(env_.clock.now().mono - news.received);
}

void web_server_core::tell_dashboards(std::span<const event> events) {
  std::vector<std::string> messages;
  dashboard_.tell(events, env_.clock.now().mono, messages);
  for (const auto& message : messages)
    each_listener([&](web_listener& who) { who.tell(message); });
}

std::string_view web_server_core::text_of(std::uint64_t epoch, const event& what) {
  return lines_.text_of(epoch, what);
}

// -- status

void web_server_core::note_answer(unsigned status, mono_time::duration took) {
  ++answers_[std::min<std::size_t>(status / 100, answers_.size() - 1)];
  answer_times_.record(took);
}

json::object web_server_core::status() const {
  json::object answers;
  for (std::size_t i = 1; i < answers_.size(); ++i)
    answers[std::to_string(i) + "xx"] = answers_[i];
  json::object cut_offs;
  for (auto why = cut_off::handshake_timeout; why <= cut_off::failed;
       why = static_cast<cut_off>(static_cast<int>(why) + 1)) {
    auto found = cut_offs_.find(why);
    cut_offs[to_string(why)] = found == cut_offs_.end() ? 0 : found->second;
  }
  json::array subscribers;
  auto streams = ended_streams_;
  for (const auto& [id, weak] : listeners_) {
    auto who = weak.lock();
    auto told = who ? who->subscriber() : std::nullopt;
    if (!told)
      continue;
    streams += told->counters;
    auto subscriber = to_json(told->counters);
    subscriber["name"] = told->name;
    subscriber["kind"] = "websocket";
    subscriber["policy"] = to_string(told->policy);
    subscribers.push_back(std::move(subscriber));
  }
  return {{"web",
           {{"address", acceptor_->address()},
            {"tls", tls_.has_value()},
            {"tokens", tokens_.size()},
            {"connections", connections_.size()},
            {"limit", settings_.web.connections},
            {"websockets", listeners_.size()},
            {"accepted", accepted_},
            {"turned_away", turned_away_},
            {"upgraded", upgraded_},
            {"answers", std::move(answers)},
            {"cut_off", std::move(cut_offs)},
            {"dashboard_suppressed", dashboard_.suppressed()},
            {"streams", to_json(streams)},
            {"latency", {{"request", answer_times_.to_json()}, {"push", push_times_.to_json()}}}}},
          {"subscribers", std::move(subscribers)}};
}

web_server_actor::behavior_type
web_server(io_actor_of<web_server_actor, web_server_core>* self, const gateway_settings* settings,
           web_assets assets, environment* env) {
  self->set_exception_handler(to_error);
  self->state.core = std::make_shared<web_server_core>(self, *settings, assets, *env);
  auto core = self->state.core.get();
  try {
    core->listen();
  } catch (const std::exception& error) {
    self->quit(make_error(gateway_error::cannot_serve,
                          "cannot serve on " + settings->web.listen.host + ":"
                            + std::to_string(settings->web.listen.port) + ": " + error.what()));
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
