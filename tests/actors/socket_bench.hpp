#pragma once

#include "actors/event_hub.hpp"
#include "actors/socket_server.hpp"
#include "tests/actors/actor_probes.hpp"
#include "tests/actors/scripted_port.hpp"
#include "tests/actors/test_client.hpp"

namespace xylem::testing {

/// A socket server whose requests the test answers: `told.requests` has what was asked.
struct socket_bench {
  static constexpr mesh_index mesh{2};

  explicit socket_bench(mesh_settings wanted = {}) : settings{std::move(wanted)} {
    settings.listen = {"127.0.0.1", 0};
    it = world.system.spawn(socket_server, mesh, &settings, make_dialect("classic"),
                            &world.env);
    end = world.end_of(it);
    wire();
    auto address = std::string{status()["address"].as_string()};
    port = static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
  }

  void wire() {
    auto wiring = std::make_shared<mesh_wiring>();
    wiring->network_manager = manager;
    wiring->node_cache = cache;
    wiring->event_hub = hub;
    wiring->recorder = recorder;
    caf::anon_send(it, wiring_ptr{wiring});
    world.run();
  }

  test_client client(int receive_buffer = 0) { return test_client{port, receive_buffer}; }

  boost::json::object status() { return status_of(world, it); }

  std::size_t asked() const {
    std::size_t count = 0;
    for (const auto& batch : told.requests)
      count += batch.requests.size();
    return count;
  }

  [[nodiscard]] bool until_asked(std::size_t count) {
    return world.until([&] { return asked() >= count; });
  }

  [[nodiscard]] bool until_received(test_client& from, std::size_t size) {
    return world.until([&] { return from.received().size() >= size || from.ended(); });
  }

  [[nodiscard]] bool until_ended(test_client& from) {
    return world.until([&] { return from.ended(); });
  }

  /// Waits until as many are connected as that.
  [[nodiscard]] bool until_connected(std::uint64_t count) {
    return world.until([&] { return number(status(), "connected") == count; });
  }

  /// Replies to every request that was asked and not yet answered, each with this.
  void answer(std::string_view reply) {
    for (; answered < told.requests.size(); ++answered) {
      request_batch batch{.round = told.requests[answered].round,
                          .has_commands = told.requests[answered].has_commands,
                          .began = told.requests[answered].began};
      for (const auto& request : told.requests[answered].requests) {
        append(batch.encoded, reply);
        batch.replies.push_back({request.session, static_cast<std::uint32_t>(reply.size()), 1});
      }
      caf::anon_send(it, std::move(batch));
    }
    world.run();
  }

  /// Events of this server's mesh.
  void publish(std::vector<event> events) {
    for (auto& what : events)
      what.mesh = mesh;
    caf::anon_send(hub, event_batch{world.clock.now(), std::move(events)});
    world.run();
  }

  void stop() {
    caf::anon_send(it, stop_atom::value);
    world.run();
  }

  heard told{};
  mesh_settings settings;
  actor_fixture world{};
  network_manager_actor manager = world.system.spawn(manager_probe, &told);
  node_cache_actor cache = world.system.spawn(cache_probe, &told);
  event_hub_actor hub = world.system.spawn(event_hub, event_settings{}, std::uint64_t{1},
                                           &world.env);
  recorder_actor recorder{}; ///< null until a test has one
  socket_server_actor it{};
  std::shared_ptr<std::optional<caf::error>> end{};
  std::uint16_t port = 0;
  std::size_t answered = 0; // batches
};

} // namespace xylem::testing
