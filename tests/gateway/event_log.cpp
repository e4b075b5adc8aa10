#include "event_log.hpp"

#include "waiting.hpp"

#include <algorithm>

namespace xylem::testing {

namespace {

client::event_feed watch(const gateway_process& gateway, const std::string& mesh) {
  client::feed_request wanted;
  if (!mesh.empty())
    wanted.meshes = {mesh};
  auto feed = client::event_feed::open(
      {gateway.url(), {}, {}, client::tls_trust::verified, patience}, wanted);
  if (!feed)
    throw std::runtime_error{feed.error().text};
  return *std::move(feed);
}

} // namespace

event_log::event_log(const gateway_process& gateway, const std::string& mesh)
    : feed_{watch(gateway, mesh)} {}

void event_log::await(const std::string& what, const condition& matches, std::size_t times) {
  auto found = count(matches);
  while (found < times) {
    auto event = feed_.next(patience);
    if (!event || !*event)
      throw std::runtime_error{"no event: " + what + (event ? "" : "; " + event.error().text)};
    events_.push_back(client::parse_event(client::json_view{**event}));
    found += matches(events_.back()) ? 1 : 0;
  }
}

std::size_t event_log::count(const condition& matches) const {
  return static_cast<std::size_t>(std::ranges::count_if(events_, matches));
}

event_log::condition is_link(std::string state) {
  return [state = std::move(state)](const client::gateway_event& event) {
    return event.kind == "link_changed" && event.state == state;
  };
}

event_log::condition is_command(unsigned node, std::string state) {
  return [node, state = std::move(state)](const client::gateway_event& event) {
    return event.kind == "command" && event.state == state && event.node
           && event.node->value == node;
  };
}

event_log::condition is_kind(std::string kind) {
  return
      [kind = std::move(kind)](const client::gateway_event& event) { return event.kind == kind; };
}

} // namespace xylem::testing
