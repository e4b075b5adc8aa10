#include "actors/web_responder.hpp"

#include "actors/log_text.hpp"
#include "protocol/capture_json.hpp"
#include "protocol/command_json.hpp"
#include "protocol/log_request.hpp"
#include "protocol/prometheus.hpp"

namespace xylem {

namespace json = boost::json;

namespace {

constexpr auto node_cache_timeout = std::chrono::seconds{5};

/// Room for a reading: its text grows without being moved.
constexpr std::size_t usual_answer = 256;

constexpr std::string_view content_security_policy
  = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

json_query query_of(const web_call& call) {
  using subject = json_query::subject;
  json_query asked{.node = call.node,
                   .code = call.code,
                   .status = call.status,
                   .max_age = call.max_age,
                   .cursor = call.cursor,
                   .limit = call.limit};
  switch (call.route) {
    case web_route::node: asked.about = subject::node; break;
    case web_route::node_readings: asked.about = subject::node_readings; break;
    case web_route::reading: asked.about = subject::reading; break;
    case web_route::readings: asked.about = subject::readings; break;
    default: asked.about = subject::nodes; break;
  }
  return asked;
}

history_query history_of(const web_call& call) {
  return {.node = call.node,
          .code = call.code,
          .from = call.from,
          .to = call.to,
          .cursor = call.cursor,
          .step = call.step,
          .limit = call.limit};
}

problem no_answer() {
  return {problem_kind::timeout, "a part of the gateway did not answer in time"};
}

bool is_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' '))
    type.remove_suffix(1);
  return type == "application/json";
}

/// What is wrong with a request that shall have a body of JSON, before it is read.
std::optional<problem> without_json(const web_request_view& request) {
  if (!is_json(request.content_type))
    return problem{problem_kind::json_expected, "send Content-Type: application/json"};
  if (!request.has_length)
    return problem{problem_kind::length_required, "send Content-Length"};
  return std::nullopt;
}

} // namespace

// -- who may

task<web_response> web_responder::respond(web_request_view request) {
  if (auto refused = host_.guard().check(request.host, request.origin))
    co_return problem_response(*refused);
  auto parsed = parse_web_request(request.method, request.target);
  if (auto why = std::get_if<problem>(&parsed)) {
    auto response = problem_response(*why);
    if (why->kind == problem_kind::method_not_allowed)
      add_header(response, "Allow", allowed_methods(request.target));
    co_return response;
  }
  const auto& call = std::get<web_call>(parsed);
  if (auto needed = scope_of(call.route)) {
    auto token = token_of_authorization(request.authorization);
    auto admitted = admit(token, *needed);
    if (auto why = std::get_if<problem>(&admitted))
      co_return problem_response(*why);
    client_ = std::get<web_client>(admitted);
  }
  co_return co_await dispatch(call, request);
}

std::variant<web_client, web_response>
web_responder::admit_socket(const web_request_view& request) {
  if (auto refused = host_.guard().check(request.host, request.origin))
    return problem_response(*refused);
  auto token = token_of_authorization(request.authorization);
  if (!token)
    token = token_of_subprotocols(request.subprotocols);
  auto admitted = admit(token, access_scope::read);
  if (auto why = std::get_if<problem>(&admitted))
    return problem_response(*why);
  if (request.websocket_key.empty() || request.websocket_version != "13") {
    auto refusal = problem_response({problem_kind::upgrade_required,
                                     "this is a WebSocket of version 13; send Sec-WebSocket-Key"});
    add_header(refusal, "Sec-WebSocket-Version", "13");
    return refusal;
  }
  return std::get<web_client>(admitted);
}

std::variant<web_client, problem> web_responder::admit(std::optional<std::string_view> token,
                                                       access_scope needed) {
  auto admitted = host_.admit(token);
  if (auto client = std::get_if<web_client>(&admitted); client && client->scope < needed)
    return problem{problem_kind::scope_missing,
                   "this needs a token of scope " + std::string{to_string(needed)}};
  return admitted;
}

// -- what is answered

task<web_response> web_responder::dispatch(const web_call& call, const web_request_view& request) {
  switch (call.route) {
    case web_route::reading:
    case web_route::nodes:
    case web_route::node:
    case web_route::node_readings:
    case web_route::readings: return about_nodes(call, request.if_none_match);
    case web_route::history: return history(call, request.if_none_match);
    case web_route::submit_command: return submit(call, request);
    case web_route::command: return find_command(call.command);
    case web_route::incidents: return incidents(call);
    case web_route::capture: return capture(call);
    case web_route::readyz: return readiness();
    case web_route::metrics:
    case web_route::status:
    case web_route::meshes:
    case web_route::mesh:
    case web_route::subscribers: return from_status(call);
    case web_route::asset:
    case web_route::openapi:
    case web_route::livez:
    case web_route::configuration:
    case web_route::log:
    case web_route::set_log:
    case web_route::websocket: break;
  }
  return at_once(call, request);
}

task<web_response> web_responder::at_once(const web_call& call, const web_request_view& request) {
  if (call.route == web_route::livez)
    co_return json_response({{"live", true}});
  if (call.route == web_route::configuration)
    co_return web_response{.content_type = "application/toml",
                           .body = std::string{host_.configuration()},
                           .headers = "Cache-Control: no-store\r\n"};
  if (call.route == web_route::log)
    co_return log(call);
  if (call.route == web_route::set_log)
    co_return set_log(request);
  if (call.route == web_route::websocket)
    co_return problem_response({problem_kind::upgrade_required, "this is a WebSocket"});
  co_return asset(call, request);
}

web_response web_responder::log(const web_call& call) const {
  json::array lines;
  for (auto& line : host_.log_lines(call.limit))
    lines.emplace_back(line);
  auto response = json_response({{"level", to_string(host_.least_logged())},
                                 {"lines", std::move(lines)}});
  response.headers = "Cache-Control: no-store\r\n";
  return response;
}

web_response web_responder::set_log(const web_request_view& request) {
  if (auto why = without_json(request))
    return problem_response(*why);
  auto wanted = parse_log_request(request.body);
  if (auto why = std::get_if<problem>(&wanted))
    return problem_response(*why);
  auto was = host_.least_logged();
  auto now = static_cast<log_level>(std::get<std::size_t>(wanted));
  host_.log_from(now);
  auto response = json_response({{"level", to_string(now)}, {"was", to_string(was)}});
  response.headers = "Cache-Control: no-store\r\n";
  return response;
}

web_response web_responder::asset(const web_call& call, const web_request_view& request) const {
  auto path = call.route == web_route::openapi ? std::string_view{"/openapi.json"}
              : call.path == "/"               ? std::string_view{"/index.html"}
                                               : std::string_view{call.path};
  auto found = host_.find_asset(path);
  if (!found)
    return problem_response({problem_kind::not_found, "there is nothing at this path; the "
                                                      "interface is described in /openapi.json"});
  web_response made{.content_type = found->content_type, .shared_body = found->plain};
  if (request.accepts_gzip) {
    made.shared_body = found->gzip;
    add_header(made, "Content-Encoding", "gzip");
  }
  add_header(made, "Vary", "Accept-Encoding");
  add_header(made, "ETag", found->tag);
  add_header(made, "Cache-Control", "no-cache");
  add_header(made, "Content-Security-Policy", content_security_policy);
  add_header(made, "Referrer-Policy", "no-referrer");
  if (matches_tag(request.if_none_match, found->tag)) {
    made.status = 304;
    made.shared_body = {};
  }
  return made;
}

task<web_response> web_responder::about_nodes(const web_call& call,
                                              std::string_view if_none_match) {
  auto mesh = find_mesh(call.mesh);
  if (!mesh)
    co_return mesh_not_found(call.mesh);
  web_question question{.connection = connection_, .serial = ++serial_, .asked = query_of(call)};
  question.body.reserve(usual_answer);
  answer_.reset();
  deadline_ = host_.now().mono + node_cache_timeout;
  host_.ask(*mesh, std::move(question));
  while (!answer_)
    co_await arrived_.wait();
  deadline_ = mono_time::max();
  auto& answer = *answer_;
  if (answer.answer.failed)
    co_return problem_response(*answer.answer.failed);
  co_return state_response(std::move(answer.body), answer.answer.version, if_none_match);
}

/// What the node cache holds and what is recorded; a recorder that is silent is told, and hinders
/// nobody.
task<web_response> web_responder::history(const web_call& call, std::string_view if_none_match) {
  auto mesh = find_mesh(call.mesh);
  if (!mesh)
    co_return mesh_not_found(call.mesh);
  auto asked = history_of(call);
  auto held = co_await wait_for<std::optional<series_part>>(
    [&](auto done) { host_.ask_series(*mesh, asked, std::move(done)); });
  if (!held)
    co_return problem_response(no_answer());
  std::optional<record_answer> answer;
  if (host_.keeps_record())
    answer = co_await wait_for<std::optional<record_answer>>([&](auto done) {
      host_.ask_record({*mesh, asked, *held}, std::move(done));
    });
  if (!answer)
    answer = answer_history(asked, *held, host_.types(*mesh),
                            host_.keeps_record() ? account::of_memory : account::whole);
  if (answer->failed)
    co_return problem_response(*answer->failed);
  auto version = std::hash<std::string_view>{}(answer->body); // nothing in it ages
  co_return state_response(std::move(answer->body), version, if_none_match);
}

task<web_response> web_responder::submit(const web_call& call, const web_request_view& request) {
  if (auto why = without_json(request))
    co_return problem_response(*why);
  auto parsed = parse_command_body(request.body);
  if (auto why = std::get_if<problem>(&parsed))
    co_return problem_response(*why);
  auto& wanted = std::get<xylem::command>(parsed);
  if (auto needed = scope_of(wanted.kind); client_.scope < needed)
    co_return problem_response({problem_kind::scope_missing,
                                "this needs a token of scope " + std::string{to_string(needed)}});
  auto mesh = find_mesh(call.mesh);
  if (!mesh)
    co_return mesh_not_found(call.mesh);
  auto answer = co_await wait_for<command_answer>([&](auto done) {
    host_.submit({*mesh, std::move(wanted)}, std::move(done));
  });
  if (auto why = std::get_if<problem>(&answer.result))
    co_return problem_response(*why);
  const auto& record = std::get<command_record>(answer.result);
  auto response = json_response(to_json(record, call.mesh));
  response.status = 202;
  add_header(response, "Location", "/api/v1/commands/" + std::to_string(record.id.value));
  co_return response;
}

task<web_response> web_responder::find_command(command_id id) {
  auto answer = co_await wait_for<command_answer>(
    [&](auto done) { host_.find_command(id, std::move(done)); });
  if (auto why = std::get_if<problem>(&answer.result))
    co_return problem_response(*why);
  co_return json_response(to_json(std::get<command_record>(answer.result),
                                  host_.meshes()[answer.mesh.value]));
}

task<web_response> web_responder::incidents(const web_call& call) {
  incident_query asked{call.cursor.value_or(0), call.limit};
  auto answer = co_await wait_for<std::optional<json::object>>(
    [&](auto done) { host_.ask_incidents(asked, std::move(done)); });
  co_return answer ? json_response(*answer) : problem_response(no_answer());
}

task<web_response> web_responder::capture(const web_call& call) {
  auto mesh = find_mesh(call.mesh);
  if (!mesh)
    co_return mesh_not_found(call.mesh);
  capture_query asked{.from = call.cursor.value_or(0), .max_records = call.limit};
  auto answer = co_await wait_for<capture_answer>(
    [&](auto done) { host_.ask_capture(*mesh, asked, std::move(done)); });
  if (auto why = std::get_if<problem>(&answer))
    co_return problem_response(*why);
  web_response response{.headers = "Cache-Control: no-cache\r\n"};
  append_capture_page(response.body, std::get<capture_page>(answer));
  co_return response;
}

task<web_response> web_responder::readiness() {
  auto tree = co_await wait_for<std::optional<json::object>>(
    [&](auto done) { host_.ask_readiness(std::move(done)); });
  if (!tree)
    co_return problem_response(no_answer());
  auto response = json_response(*tree);
  response.status = tree->at("ready").as_bool() ? 200 : 503;
  co_return response;
}

/// What the supervisor gathers, or a part of it.
task<web_response> web_responder::from_status(const web_call& call) {
  auto status = co_await wait_for<std::optional<json::object>>(
    [&](auto done) { host_.ask_status(std::move(done)); });
  if (!status)
    co_return problem_response(no_answer());
  switch (call.route) {
    case web_route::metrics:
      co_return web_response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                             .body = prometheus_text(*status),
                             .headers = "Cache-Control: no-store\r\n"};
    case web_route::meshes: co_return json_response({{"meshes", status->at("meshes")}});
    case web_route::mesh:
      for (const auto& mesh : status->at("meshes").as_array())
        if (mesh.at("name").as_string() == call.mesh)
          co_return json_response(mesh.as_object());
      co_return mesh_not_found(call.mesh);
    case web_route::subscribers:
      co_return json_response({{"subscribers", status->at("events").at("subscribers")}});
    default: co_return json_response(*status);
  }
}

// -- waiting

template <class T, class Ask>
task<T> web_responder::wait_for(Ask ask) {
  struct waiting {
    std::optional<T> value;
    wake_up arrived;
  };
  auto state = std::make_shared<waiting>();
  std::function<void(T)> arrive = [state](T value) {
    if (!std::exchange(state->value, std::move(value)))
      state->arrived.notify();
  };
  give_up_ = [arrive] { arrive(T{}); };
  ask(std::move(arrive));
  while (!state->value)
    co_await state->arrived.wait();
  give_up_ = nullptr;
  co_return std::move(*state->value);
}

void web_responder::answered(web_question&& question) {
  if (deadline_ == mono_time::max() || question.serial != serial_ || answer_)
    return;
  answer_ = std::move(question);
  arrived_.notify();
}

void web_responder::tick(mono_time now) {
  if (now >= deadline_)
    answered({.serial = serial_, .answer = {.failed = no_answer()}});
}

void web_responder::give_up() {
  answered({.serial = serial_, .answer = {.failed = no_answer()}});
  if (auto give_up = std::exchange(give_up_, nullptr))
    give_up();
}

std::optional<mesh_index> web_responder::find_mesh(std::string_view name) const {
  auto names = host_.meshes();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name)
      return mesh_index{static_cast<std::uint16_t>(i)};
  return std::nullopt;
}

web_response web_responder::mesh_not_found(std::string_view name) const {
  std::string known;
  for (const auto& each : host_.meshes())
    known += (known.empty() ? "" : ", ") + each;
  return problem_response({problem_kind::mesh_not_found,
                           "there is no mesh \"" + std::string{name} + "\"; there are: " + known});
}

} // namespace xylem
