#include "app/client/event_feed.hpp"

#include "app/client/http_problem.hpp"
#include "app/client/json_view.hpp"
#include "app/client/reply_parser.hpp"
#include "app/client/web_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <deque>

namespace xylem::client {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

/// The gateway pings every 30 s (web §3): who hears nothing for three of them has lost it.
constexpr std::chrono::seconds longest_silence{90};

constexpr auto subscription = 1; // the id of the only request

constexpr std::uint16_t token_revoked = 1008; // web §3.4

template <class Values, class Make>
void add_list(json::object& to, std::string_view name, const Values& values, Make make) {
  if (values.empty())
    return;
  json::array list;
  for (const auto& value : values)
    list.emplace_back(make(value));
  to[name] = std::move(list);
}

std::string subscribe_message(const feed_request& what) {
  auto as_text = [](const std::string& text) { return json::string(text); };
  json::object made{
      {"type", "subscribe"}, {"id", subscription}, {"policy", what.policy}, {"snapshot", false}};
  add_list(made, "kinds", what.kinds, as_text);
  add_list(made, "meshes", what.meshes, as_text);
  add_list(made, "nodes", what.nodes, [](node_address node) { return node.value; });
  add_list(made, "types", what.types, as_text);
  if (what.from)
    made["cursor"] = json::object{{"epoch", what.from->epoch}, {"seq", what.from->seq}};
  return json::serialize(made);
}

cursor cursor_of(json_view place) {
  return {place["epoch"].count().value_or(0), place["seq"].count().value_or(0)};
}

} // namespace

class event_feed::session {
public:
  explicit session(std::unique_ptr<web_link> link)
      : link_{std::move(link)}, socket_{link_->stream()} {}

  ~session() {
    link_->stream().close();
    if (reading_)
      link_->run(read_, deadline{longest_wait_for_its_end}); // it lets go of its buffer
  }

  result<done> begin(const web_access& how, const feed_request& what) {
    deadline until{how.timeout};
    if (auto shaken = shake_hands(how, until); !shaken)
      return shaken;
    if (auto sent = send(subscribe_message(what), until); !sent)
      return sent;
    for (;;) { // the greeting and the dashboard's messages come before the result
      auto message = receive(until);
      if (!message)
        return message.error();
      if (!*message)
        return error{error_kind::timeout, "the subscription was not answered in time"};
      json_view answer{**message};
      if (answer["type"].text() == "result")
        return begin_after(answer);
    }
  }

  result<std::optional<json::value>> next(std::chrono::milliseconds wait) {
    deadline until{wait};
    while (waiting_.empty()) {
      auto message = receive(until);
      if (!message)
        return message.error();
      if (!*message)
        return std::optional<json::value>{};
      if (auto taken = take(**message); !taken)
        return taken.error();
    }
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    json_view event{first};
    if (waiting_.empty())
      position_ = behind_waiting_;
    else if (event["kind"].text() != "gap") // which says what is missing, not how far it goes
      position_ = cursor_of(event);
    return std::optional{std::move(first)};
  }

  cursor position() const noexcept { return position_; }

private:
  static constexpr std::chrono::milliseconds longest_wait_for_its_end{1'000};

  result<done> shake_hands(const web_access& how, const deadline& until) {
    socket_.set_option(websocket::stream_base::timeout{how.timeout, longest_silence, false});
    socket_.read_message_max(max_json);
    socket_.set_option(websocket::stream_base::decorator([&how](websocket::request_type& request) {
      if (!how.token.empty())
        request.set(http::field::authorization, "Bearer " + how.token);
    }));
    websocket::response_type response;
    outcome_code shaken;
    socket_.async_handshake(response, to_string(how.url.where), "/ws",
                            [&](error_code code) { shaken = code; });
    if (auto finished = link_->finish(shaken, until); !finished)
      return finished;
    if (*shaken == websocket::error::upgrade_declined)
      return problem_of(response.result_int(), response.reason(), response.body());
    if (*shaken)
      return broken(*shaken);
    return done{};
  }

  result<done> send(const std::string& text, const deadline& until) {
    outcome_code written;
    socket_.text(true);
    socket_.async_write(boost::asio::buffer(text),
                        [&](error_code code, std::size_t) { written = code; });
    if (auto finished = link_->finish(written, until); !finished)
      return finished;
    if (*written)
      return broken(*written);
    return done{};
  }

  /// The next message; nothing when it is not complete in time: it stays under way.
  result<std::optional<json::value>> receive(const deadline& until) {
    if (!reading_) {
      reading_ = true;
      read_.reset();
      socket_.async_read(buffer_, [this](error_code code, std::size_t) { read_ = code; });
    }
    if (!link_->run(read_, until))
      return std::optional<json::value>{};
    if (*read_)
      return broken(*read_); // and stays so: nothing is read any more
    reading_ = false;
    auto document = parse_json(beast::buffers_to_string(buffer_.data()));
    buffer_.clear();
    if (!document || !document->is_object())
      return error{error_kind::protocol, "a message that is no JSON object"};
    return std::optional{*std::move(document)};
  }

  result<done> begin_after(json_view answer) {
    if (!answer["ok"].is_true()) {
      auto problem = answer["error"];
      constexpr auto refused = 400U;
      auto status = static_cast<unsigned>(problem["status"].count().value_or(refused));
      return problem_of(status, "refused", to_text(problem.value()));
    }
    position_ = cursor_of(answer);
    return done{};
  }

  result<done> take(json::value& message) {
    if (json_view{message}["type"].text() != "events")
      return done{};
    auto* events = message.as_object()["events"].if_array();
    if (events == nullptr)
      return error{error_kind::protocol, "events without a list"};
    for (auto& event : *events) {
      if (!event.is_object())
        return error{error_kind::protocol, "an event that is no JSON object"};
      waiting_.push_back(std::move(event));
    }
    behind_waiting_ = cursor_of(json_view{message}["cursor"]);
    if (waiting_.empty())
      position_ = behind_waiting_;
    return done{};
  }

  error broken(const error_code& code) const {
    if (code != websocket::error::closed)
      return {error_kind::closed, "the connection broke: " + code.message()};
    auto why = socket_.reason();
    auto text = std::string{why.reason.data(), why.reason.size()};
    if (why.code == token_revoked)
      return {error_kind::failure_reply, text.empty() ? "the token was revoked" : text,
              "token-unknown"};
    return {error_kind::closed,
            "the gateway closed the connection" + (text.empty() ? text : ": " + text)};
  }

  std::unique_ptr<web_link> link_;
  websocket::stream<web_stream&, false> socket_;
  beast::flat_buffer buffer_;
  bool reading_ = false;
  outcome_code read_;
  std::deque<json::value> waiting_; // of the last message, not handed out yet
  cursor behind_waiting_{};
  cursor position_{};
};

result<event_feed> event_feed::open(const web_access& how, const feed_request& what) {
  if (!is_token(how.token))
    return error{error_kind::invalid_request, "a token has only visible ASCII characters"};
  auto link = web_link::open(how);
  if (!link)
    return link.error();
  auto opened = std::make_unique<session>(*std::move(link));
  if (auto begun = opened->begin(how, what); !begun)
    return begun.error();
  return event_feed{std::move(opened)};
}

event_feed::event_feed(std::unique_ptr<session> opened) : session_{std::move(opened)} {}
event_feed::event_feed(event_feed&&) noexcept = default;
event_feed& event_feed::operator=(event_feed&&) noexcept = default;
event_feed::~event_feed() = default;

result<std::optional<json::value>> event_feed::next(std::chrono::milliseconds wait) {
  return session_->next(wait);
}

cursor event_feed::position() const noexcept {
  return session_->position();
}

} // namespace xylem::client
