// Follows one node: every reading, message and request of it, until the gateway goes away.
//   follow_node 5 [http://HOST:PORT]
#include "app/client/event_feed.hpp"
#include "app/client/gateway_state.hpp"

#include <iostream>

using namespace xylem;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  auto node = parse_node_address(argc > 1 ? argv[1] : "");
  auto url = client::parse_gateway_url(argc > 2 ? argv[2] : "http://127.0.0.1:7654");
  if (!node || !url) {
    std::cerr << "usage: follow_node NODE [http://HOST:PORT]\n";
    return 2;
  }
  client::feed_request wanted;
  wanted.nodes = {*node};
  auto feed = client::event_feed::open({*url}, wanted);
  if (!feed) {
    std::cerr << "no events from " << to_string(*url) << ": " << feed.error().text << '\n';
    return 3;
  }
  for (;;) {
    auto found = feed->next(10s);
    if (!found) {
      std::cerr << found.error().text << '\n';
      return 1;
    }
    if (!*found)
      continue; // silence is no error
    auto event = client::parse_event(client::json_view{**found});
    if (event.node == *node)
      std::cout << event.kind << ' ' << event.type << ' '
                << (event.text.empty() ? describe(event.value, event.data) : event.text)
                << std::endl;
  }
}
