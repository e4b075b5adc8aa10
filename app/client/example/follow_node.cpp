// Follows one node: every reading, message and request of it, until the gateway goes away.
//   follow_node 5 [HOST:PORT]
#include "app/client/gateway_state.hpp"

#include <iostream>

using namespace xylem;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  auto node = parse_node_address(argc > 1 ? argv[1] : "");
  auto where = client::parse_endpoint(argc > 2 ? argv[2] : "127.0.0.1:5001");
  if (!node || !where) {
    std::cerr << "usage: follow_node NODE [HOST:PORT]\n";
    return 2;
  }
  auto gateway = client::connection::open(*where);
  if (!gateway) {
    std::cerr << "no gateway answers on " << to_string(*where) << ": " << gateway.error().text
              << '\n';
    return 3;
  }
  auto events = std::move(*gateway).watch();
  while (events) {
    auto line = events->next(10s);
    if (!line) {
      std::cerr << line.error().text << '\n';
      return 1;
    }
    if (!*line)
      continue; // silence is no error
    auto event = client::parse_event(**line);
    if (event && event->node == *node)
      std::cout << event->kind << ' ' << event->type << ' '
                << (event->text.empty() ? describe(event->value, event->data) : event->text)
                << std::endl;
  }
  std::cerr << events.error().text << '\n';
  return 1;
}
