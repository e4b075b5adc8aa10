#pragma once

#include "actors/supervisor.hpp"
#include "tests/actors/scripted_port.hpp"
#include "tests/bench/micro/loopback_client.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <spdlog/sinks/null_sink.h>

#include <chrono>
#include <stdexcept>

namespace xylem::bench {

/// A whole gateway and its clients on the calling thread: the real tree of actors on the real
/// execution unit, real client sockets, a port that is a function call. Timers of actors do not
/// fire, and there is no other thread: the same work is the same instructions. What Asio keeps for
/// the next handler does not outlive a run(), thus one or two more allocations a turn.
class one_thread_gateway {
public:
  explicit one_thread_gateway(mesh_settings mesh = {}) {
    mesh.serial = "tcp://root:1"; // no file, thus nothing in the file system is watched
    mesh.transmit = transmit_profile::stream;
    mesh.listen = {"127.0.0.1", 0};
    settings_.meshes.push_back(std::move(mesh));
    settings_.web.listen.port = 0;
    settings_.events.ring_events = 1024; // full soon
    root_ = spawn(supervisor, &settings_, &env_);
    run();
    // CAF makes a null pointer of no arguments at all, and follows it.
    spawn([](caf::event_based_actor* self, one_thread_gateway* all) {
      self->request(all->root_, caf::infinite, status_atom::value)
        .then([all](actor_status& status) { all->port_ = port_in(status.body); });
    }, this);
    until([&] { return port_ != 0; });
  }

  ~one_thread_gateway() {
    clients.clear();
    caf::anon_send(root_, stop_atom::value);
    root_ = nullptr;
    until([&] { return system_.registry().running() == 0; });
  }

  /// Everything that can run now.
  void run() {
    io_.restart();
    while (io_.poll() > 0) {
    }
  }

  template <class Condition>
  void until(Condition condition) {
    run();
    if (condition())
      return;
    for (auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20}; !condition(); run())
      if (std::chrono::steady_clock::now() > end)
        throw std::runtime_error{"the gateway did not do what was expected"};
  }

  /// Every client gets so many bytes.
  void until_all(std::size_t size) {
    std::size_t done = 0;
    until([&] {
      while (done < clients.size() && clients[done].take(size))
        ++done;
      return done == clients.size();
    });
  }

  /// One read from the port.
  void hear(std::string_view wire) { ports_.last().deliver(wire); }

  loopback_client& connect() { return clients.emplace_back(port_); }

  /// A client that gets pushes.
  loopback_client& listen() {
    auto& client = connect();
    client.send({"[syn]\0", 6});
    until([&] { return client.take(6); });
    return client;
  }

  /// Of the client socket.
  std::uint16_t port() const noexcept { return port_; }

  std::deque<loopback_client> clients{};

protected:
  struct testing_config : caf::actor_system_config {
    testing_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  template <class Behavior, class... Args>
  caf::infer_handle_from_fun_t<Behavior> spawn(Behavior behavior, Args... args) {
    caf::actor_config on_this_thread{&unit_};
    return system_.spawn_functor<caf::no_spawn_options>(std::true_type{}, on_this_thread, behavior,
                                                        args...);
  }

  static std::uint16_t port_in(const boost::json::object& status) {
    const auto& mesh = status.at("meshes").as_array().at(0).as_object();
    auto address = std::string{mesh.at("clients").as_object().at("address").as_string()};
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  gateway_settings settings_{};
  system_clock_source clock_{};
  boost::asio::io_context io_{1};
  testing::port_script ports_{};
  logger log_{{{}, std::make_shared<spdlog::sinks::null_sink_mt>(), [this] { return clock_.now(); }}};
  environment env_{io_, clock_, log_, ports_.opener(io_)};
  testing_config config_{};
  caf::actor_system system_{config_};
  io_unit unit_{system_, io_};
  supervisor_actor root_{};
  std::uint16_t port_ = 0;
};

} // namespace xylem::bench
