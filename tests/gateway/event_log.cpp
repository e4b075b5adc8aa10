#include "event_log.hpp"

#include "waiting.hpp"

#include <algorithm>

namespace xylem::testing {

namespace {

client::event_stream watch(std::uint16_t port) {
  auto gateway = client::connection::open({"127.0.0.1", port}, {patience, patience});
  if (!gateway)
    throw std::runtime_error{gateway.error().text};
  auto stream = std::move(*gateway).watch();
  if (!stream)
    throw std::runtime_error{stream.error().text};
  return *std::move(stream);
}

} // namespace

event_log::event_log(std::uint16_t port) : stream_{watch(port)} {}

void event_log::await(const std::string& what, const condition& matches, std::size_t times) {
  auto found = count(matches);
  while (found < times) {
    auto line = stream_.next(patience);
    if (!line || !*line)
      throw std::runtime_error{"no event: " + what + (line ? "" : "; " + line.error().text)};
    auto event = client::parse_event(**line);
    if (!event)
      throw std::runtime_error{"no event: " + event.error().text};
    events_.push_back(*std::move(event));
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
