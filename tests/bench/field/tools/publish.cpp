#include "publish.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/marker.hpp"
#include "tests/bench/field/shared/sockets.hpp"

#include <array>
#include <stdexcept>

#include <sys/socket.h>

namespace xylem::bench {

boost::json::object run_publish(const publish_options& options) {
  auto connection = connect_to(address_of(options.server), 60s);
  auto [request, answer] = make_publisher_greeting(options.protocol);
  send_all(connection.get(), request);
  if (receive(connection.get(), answer.size()) != answer)
    throw std::runtime_error{"the broker does not greet back"};
  std::array<char, 4096> ignored; // redis tells how many listeners it has
  auto start_ns = now_ns();
  for (std::uint32_t i = 0; i < options.count; ++i) {
    if (options.rate > 0)
      sleep_until_ns(due_ns(start_ns, i, options.rate));
    auto message = marked_message({now_ns(), i}, options.message_size);
    send_all(connection.get(), make_publication(options.protocol, message));
    while (recv(connection.get(), ignored.data(), ignored.size(), MSG_DONTWAIT) > 0)
      continue;
  }
  auto time_s = seconds(start_ns, now_ns());
  std::this_thread::sleep_for(500ms); // a broker may drop what a client sent that is gone
  return {{"tool", "publish"},
          {"messages", options.count},
          {"seconds", time_s},
          {"rate", options.count / time_s}};
}

} // namespace xylem::bench
