#pragma once

#include "actors/event_hub.hpp"
#include "actors/network_manager.hpp"
#include "actors/node_cache.hpp"
#include "actors/socket_server.hpp"
#include "actors/supervisor.hpp"
#include "actors/uart.hpp"
#include "tests/actors/actor_probes.hpp"
#include "tests/actors/scripted_port.hpp"
#include "tests/actors/test_client.hpp"

namespace xylem::testing {

/// The whole tree of actors: real sockets on one side, scripted ports on the other.
struct gateway_bench {
  explicit gateway_bench(std::vector<std::string> meshes = {"field"},
                         transmit_profile profile = transmit_profile::stream,
                         std::string serial = "tcp://root:1") {
    for (auto& name : meshes) {
      mesh_settings mesh;
      mesh.name = std::move(name);
      mesh.serial = serial; // not a file, thus nothing in the file system is watched
      mesh.transmit = profile;
      mesh.listen = {"127.0.0.1", 0};
      settings.meshes.push_back(std::move(mesh));
    }
    settings.web.listen.port = 0;
  }

  void start() {
    it = world.system.spawn(supervisor, &settings, &world.env);
    end = world.end_of(it);
    world.run();
  }

  boost::json::object status() { return status_of(world, it); }

  boost::json::object mesh_status(std::size_t mesh = 0) {
    return status()["meshes"].as_array().at(mesh).as_object();
  }

  /// What the status says of an actor: "uart/field".
  boost::json::object child(std::string_view name) {
    auto all = status();
    for (const auto& each : all["actors"].as_array())
      if (each.as_object().at("name").as_string() == name)
        return each.as_object();
    FAIL("no such actor: " << name);
    return {};
  }

  std::string state_of(std::string_view name) {
    return std::string{child(name)["state"].as_string()};
  }

  /// Oldest first.
  std::vector<boost::json::object> incidents() {
    auto all = status();
    std::vector<boost::json::object> found;
    for (const auto& each : all["incidents"].as_object()["recent"].as_array())
      found.push_back(each.as_object());
    return found;
  }

  /// Ends the newest actor of a kind as a crash does.
  template <class Handle, class Core>
  void kill() {
    caf::anon_send_exit(world.newest<Handle, Core>(), caf::exit_reason::kill);
    world.run();
  }

  void kill_uart() { kill<uart_actor, uart_core>(); }
  void kill_manager() { kill<network_manager_actor, network_manager_core>(); }
  void kill_cache() { kill<node_cache_actor, node_cache_core>(); }
  void kill_server() { kill<socket_server_actor, socket_server_core>(); }
  void kill_hub() { kill<event_hub_actor, event_hub_core>(); }

  std::uint16_t port(std::size_t mesh = 0) {
    auto address = std::string{mesh_status(mesh)["clients"].as_object()["address"].as_string()};
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
  }

  test_client client(std::size_t mesh = 0) { return test_client{port(mesh)}; }

  [[nodiscard]] bool until_received(test_client& from, std::size_t size) {
    return world.until([&] { return from.received().size() >= size || from.ended(); });
  }

  [[nodiscard]] bool until_ended(test_client& from) {
    return world.until([&] { return from.ended(); });
  }

  /// A request and its reply, of that many bytes.
  std::string ask(test_client& from, std::string_view request, std::size_t size) {
    from.forget_received();
    from.send(request);
    REQUIRE(until_received(from, size));
    return from.received();
  }

  test_client listener(std::size_t mesh = 0) {
    auto from = client(mesh);
    REQUIRE(ask(from, "[syn]" + hex("00"), 6) == "[ack]" + hex("00"));
    from.forget_received();
    return from;
  }

  /// From now on `told` has every event that the hub of now tells.
  void follow_events() {
    caf::anon_send(world.newest<event_hub_actor, event_hub_core>(), subscribe_atom::value,
                   world.system.spawn(subscriber_probe, &told), subscriber_filter{});
    world.run();
  }

  void stop() {
    caf::anon_send(it, stop_atom::value);
    world.run();
  }

  gateway_settings settings{};
  port_script ports{};
  heard told{};
  actor_fixture world{[this](const mesh_settings& mesh, std::function<void(open_result)> done) {
    ports.opener(world.io)(mesh, std::move(done));
  }};
  supervisor_actor it{};
  std::shared_ptr<std::optional<caf::error>> end{};
};

} // namespace xylem::testing
