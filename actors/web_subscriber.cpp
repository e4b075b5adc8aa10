#include "actors/web_subscriber.hpp"

#include "protocol/command_json.hpp"
#include "protocol/console_text.hpp"

#include <boost/json/serialize.hpp>

namespace xylem {

namespace json = boost::json;

namespace {

constexpr std::size_t events_per_message = 64;

/// Commands whose further states are told; the oldest is not followed any more.
constexpr std::size_t followed_commands = 256;

constexpr auto page_timeout = std::chrono::seconds{5};

json::array scopes_up_to(access_scope most) {
  json::array names;
  for (auto scope : {access_scope::read, access_scope::command, access_scope::admin})
    if (scope <= most)
      names.emplace_back(to_string(scope));
  return names;
}

bool is_final(command_state state) {
  return state != command_state::accepted;
}

} // namespace

web_subscriber::web_subscriber(std::uint64_t connection, std::string name, web_client who,
                               web_host& host, std::function<void()> wake)
    : connection_{connection}, name_{std::move(name)}, who_{who}, host_{host},
      wake_{std::move(wake)} {}

// -- the beginning and the end

void web_subscriber::start() {
  host_.ask_replay({}, [weak = weak_from_this()](const std::optional<replay_page>& page) {
    if (auto self = weak.lock())
      self->greet(page ? page->reached : cursor{});
  });
}

void web_subscriber::greet(cursor newest) {
  json::array meshes;
  for (const auto& name : host_.meshes())
    meshes.emplace_back(name);
  json::object hello{{"type", "hello"},
                     {"version", host_.version()},
                     {"epoch", newest.epoch},
                     {"seq", newest.seq},
                     {"meshes", std::move(meshes)},
                     {"scopes", scopes_up_to(who_.scope)}};
  outbox_.push_front(json::serialize(hello)); // before what was asked in the meantime
  greeted_ = true;
  if (only_listens_)
    for (const auto& message : host_.dashboard_state())
      outbox_.push_back(message);
  wake_();
}

void web_subscriber::end(std::uint16_t code, std::string_view reason) {
  if (ending_)
    return;
  ending_ = ending{code, reason};
  wake_();
}

/// Counted once, however long its client takes to hear of it.
void web_subscriber::cut(cut_off why, std::uint16_t code, std::string_view reason) {
  if (!ending_)
    host_.note_cut_off(why);
  end(code, reason);
}

void web_subscriber::finish() {
  end(1001, "the gateway ends");
}

void web_subscriber::revoke() {
  cut(cut_off::token_revoked, 1008, "the token was revoked");
}

void web_subscriber::detach() {
  wake_ = [] {};
  ending_ = ending{};
  if (end_subscription())
    host_.listeners_changed();
}

/// False: there was none.
bool web_subscriber::end_subscription() {
  if (!subscription_)
    return false;
  host_.note_stream_end(subscription_->counters());
  subscription_.reset();
  return true;
}

// -- requests

void web_subscriber::received(std::string_view text) {
  auto parsed = parse_web_message(text, host_.meshes());
  if (auto why = std::get_if<problem>(&parsed.content))
    return refuse(parsed.id, *why);
  std::visit([&](auto& wanted) { act(parsed.id, std::move(wanted)); },
             std::get<web_message>(parsed.content));
}

bool web_subscriber::may_receive() const noexcept {
  return greeted_ && under_way_ + outbox_.size() < limits::web_requests_under_way;
}

void web_subscriber::act(const json::value& id, subscribe_request&& wanted) {
  supersede();
  to_confirm_ = id;
  ++under_way_;
  only_listens_ = false;
  ++subscriptions_;
  page_under_way_ = false;
  end_subscription();
  subscription_.emplace(std::move(wanted), host_.meshes().size());
  host_.listeners_changed(); // before the replay is asked for: nothing is missed in between
  fetch();
}

/// A subscription that has not begun never will.
void web_subscriber::supersede() {
  if (auto earlier = std::exchange(to_confirm_, std::nullopt)) {
    --under_way_;
    refuse(*earlier, {problem_kind::bad_request, "a later request has replaced this one"});
  }
}

void web_subscriber::act(const json::value& id, const unsubscribe_request&) {
  supersede();
  ++subscriptions_;
  end_subscription();
  only_listens_ = false;
  host_.listeners_changed();
  reply(id, {});
}

void web_subscriber::act(const json::value& id, const ping_request&) {
  reply(id, {});
}

void web_subscriber::act(const json::value& id, command_request&& wanted) {
  if (auto needed = scope_of(wanted.what.kind); who_.scope < needed)
    return refuse(id, {problem_kind::scope_missing,
                       "this needs a token of scope " + std::string{to_string(needed)}});
  ++under_way_;
  host_.submit(std::move(wanted),
               [weak = weak_from_this(), id](const command_answer& answer) {
                 if (auto self = weak.lock())
                   self->accepted(id, answer);
               });
}

void web_subscriber::accepted(const json::value& id, const command_answer& answer) {
  --under_way_;
  if (auto why = std::get_if<problem>(&answer.result))
    return refuse(id, *why);
  const auto& record = std::get<command_record>(answer.result);
  if (commands_.size() >= followed_commands)
    commands_.erase(commands_.begin());
  commands_.insert_or_assign(record.id, followed_command{id, record});
  reply(id, {{"command", to_json(record, host_.meshes()[answer.mesh.value])}});
}

void web_subscriber::reply(const json::value& id, json::object more) {
  json::object result{{"type", "result"}, {"id", id}, {"ok", true}};
  for (auto& [name, value] : more)
    result[name] = std::move(value);
  send(result);
}

void web_subscriber::refuse(const json::value& id, const problem& why) {
  send({{"type", "result"}, {"id", id}, {"ok", false}, {"error", to_json(why)}});
}

void web_subscriber::send(const json::object& message) {
  outbox_.push_back(json::serialize(message));
  wake_();
}

// -- events

void web_subscriber::publish(const published& news) {
  if (ending_)
    return;
  for (const auto& what : *news.events) {
    if (what.kind == event_kind::command)
      follow(what);
    if (subscription_ && !subscription_->offer(news.epoch, what))
      return cut(cut_off::too_slow, 1013, "too slow");
  }
  if (subscription_) {
    fetch();
    wake_();
  }
}

/// A command of this connection has another state.
void web_subscriber::follow(const event& what) {
  auto found = commands_.find(command_id{what.id});
  auto state = static_cast<command_state>(what.state);
  if (found == commands_.end() || state == command_state::accepted)
    return;
  auto& [request, record] = found->second;
  record.state = state;
  if (is_final(state))
    record.finished = what.time;
  auto told = to_json(record, host_.meshes()[what.mesh.value]);
  if (!what.data.view().empty())
    told["error"] = escaped_text(what.data.view());
  send({{"type", "command"}, {"id", request}, {"command", std::move(told)}});
  if (state != command_state::expired) // an expired one may still turn out to be written
    commands_.erase(found);
}

void web_subscriber::tell(const std::string& message) {
  if (!only_listens_ || !greeted_ || ending_)
    return;
  if (outbox_.size() >= limits::dashboard_queue_messages)
    return cut(cut_off::too_slow, 1013, "too slow");
  outbox_.push_back(message);
  wake_();
}

void web_subscriber::hub_restarted() {
  if (!subscription_)
    return;
  subscription_->hub_restarted();
  ++subscriptions_; // what the old hub still answers is not for this
  fetch();
}

void web_subscriber::fetch() {
  if (auto asked = subscription_->wanted_replay())
    host_.ask_replay(std::move(*asked), [weak = weak_from_this(), wanted = subscriptions_](
                                          std::optional<replay_page> page) {
      if (auto self = weak.lock())
        self->replayed(wanted, std::move(page));
    });
  if (page_under_way_)
    return;
  if (auto page = subscription_->wanted_page()) {
    page_under_way_ = true;
    page_deadline_ = host_.now().mono + page_timeout;
    host_.ask(page->mesh, {.connection = connection_, .serial = ++page_serial_,
                           .asked = std::move(page->query)});
  }
}

void web_subscriber::replayed(std::uint64_t wanted, std::optional<replay_page> page) {
  if (wanted != subscriptions_ || !subscription_)
    return;
  if (!page)
    return subscription_->replay_failed(); // tick() asks again
  subscription_->replayed(std::move(*page));
  if (auto id = std::exchange(to_confirm_, std::nullopt)) {
    --under_way_;
    reply(*id, {{"epoch", subscription_->begin()->epoch}, {"seq", subscription_->begin()->seq}});
  }
  fetch();
  wake_();
}

void web_subscriber::answered(web_question&& question) {
  if (!page_under_way_ || question.serial != page_serial_ || !subscription_)
    return;
  page_under_way_ = false;
  subscription_->page_arrived(question.answer, std::move(question.body));
  fetch();
  wake_();
}

void web_subscriber::tick(mono_time now) {
  if (!subscription_)
    return;
  if (page_under_way_ && now >= page_deadline_) {
    page_under_way_ = false;
    subscription_->page_arrived({.failed = problem{problem_kind::timeout}}, {});
  }
  fetch();
  wake_();
}

std::optional<subscriber_status> web_subscriber::subscriber() const {
  if (!subscription_)
    return std::nullopt;
  return subscriber_status{name_, subscription_->policy(), subscription_->counters()};
}

// -- what is written

std::optional<std::string> web_subscriber::next() {
  if (!outbox_.empty()) {
    auto text = std::move(outbox_.front());
    outbox_.pop_front();
    return text;
  }
  if (!subscription_ || to_confirm_)
    return std::nullopt;
  auto next = subscription_->next(events_per_message);
  fetch();
  if (auto news = std::get_if<event_subscription::events_message>(&next))
    return text_of(*news);
  if (auto page = std::get_if<event_subscription::snapshot_message>(&next))
    return text_of(*page);
  return std::nullopt;
}

std::string web_subscriber::text_of(const event_subscription::events_message& news) const {
  std::string text{R"({"type":"events","cursor":{"epoch":)"};
  text += std::to_string(news.seen.epoch) + ",\"seq\":" + std::to_string(news.seen.seq)
          + "},\"events\":[";
  for (const auto& what : news.events) {
    if (text.back() != '[')
      text += ',';
    text += host_.text_of(news.seen.epoch, what);
  }
  text += "]}";
  return text;
}

std::string web_subscriber::text_of(const event_subscription::snapshot_message& page) const {
  return R"({"type":"snapshot","mesh":")" + host_.meshes()[page.mesh.value] + "\"," + page.nodes
         + (page.last ? ",\"last\":true}" : ",\"last\":false}");
}

} // namespace xylem
