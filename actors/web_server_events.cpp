// How the web server passes events on, and what it tells of itself.
#include "actors/web_server.hpp"

#include "protocol/json.hpp"

namespace xylem {

namespace json = boost::json;

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
    case cut_off::protocol_error: return "protocol_error";
    case cut_off::token_revoked: return "token_revoked";
    case cut_off::failed: return "failed";
  }
  return "unknown";
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

/// What the old dashboard tells who has just come is always wanted; everything else only while
/// somebody is there.
subscriber_filter web_server_core::wanted() const {
  using enum event_kind;
  subscriber_filter filter{.kinds = {node_joined, node_changed, link_changed}};
  if (!listeners_.empty())
    filter.kinds.add(command);
  for (const auto& [connection, who] : listeners_) {
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

void web_server_core::add_listener(std::uint64_t connection, std::shared_ptr<web_listener> who) {
  listeners_.push_back({connection, std::move(who)});
  listeners_changed();
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
  for (const auto& [connection, who] : listeners_) {
    auto told = who->subscriber();
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

} // namespace xylem
