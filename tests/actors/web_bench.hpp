#pragma once

#include "actors/event_hub.hpp"
#include "actors/network_manager.hpp"
#include "actors/node_cache.hpp"
#include "actors/web_server.hpp"
#include "tests/actors/actor_probes.hpp"
#include "tests/actors/test_client.hpp"
#include "tests/actors/web_connection_bench.hpp"

namespace xylem::testing {

/// A web server on a real port between real actors, but for the uarts, the socket servers and the
/// supervisor.
struct web_bench {
  static constexpr std::uint64_t epoch = 77;

  explicit web_bench(std::function<void(gateway_settings&)> change = {});

  void wire();
  void start_hub(std::uint64_t of_epoch);

  /// The roots are there.
  void open_links();

  /// The node cache stores a reading of node 5, or of another, and everybody is told.
  void hear(std::string_view data, std::uint16_t node = 5);

  void publish(std::vector<event> events);

  boost::json::object status() { return status_of(world, it).at("web").as_object(); }

  test_client client(int receive_buffer = 0) { return test_client{port, receive_buffer}; }

  /// The answer to one request.
  web_answer ask(test_client& from, std::string_view request);
  web_answer get(test_client& from, std::string_view target, std::string_view more = {});
  web_answer get(std::string_view target, std::string_view more = {});

  /// A WebSocket that has got its hello, or more.
  test_client websocket(std::string_view more = {});

  /// Waits until a WebSocket was told something with this in it.
  void expect(test_client& who, std::string_view text);
  void expect_closed(test_client& who, unsigned code);

  [[nodiscard]] bool until_ended(test_client& from) {
    return world.until([&] { return from.ended(); });
  }

  void stop() {
    caf::anon_send(it, stop_atom::value);
    world.run();
  }

  heard told{};
  gateway_settings settings;
  actor_fixture world{};
  std::vector<uart_actor> uarts{};
  std::vector<network_manager_actor> managers{};
  std::vector<node_cache_actor> caches{};
  event_hub_actor hub{};
  recorder_actor recorder{}; ///< null until a test has one
  capture_actor capture{};   ///< of every mesh; null until a test has one
  supervisor_actor supervisor{};
  web_server_actor it{};
  std::shared_ptr<std::optional<caf::error>> end{};
  std::uint16_t port = 0;
};

} // namespace xylem::testing
