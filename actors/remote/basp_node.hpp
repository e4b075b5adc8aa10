#pragma once

#include "actors/remote/remote_connection.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/io/basp_broker.hpp>

namespace xylem {

class io_multiplexer;

/// The remote side of this process's actor system: has CAF's BASP broker speak over streams that
/// are connected and authenticated already. Owns its connections. I/O thread only; made before and
/// destroyed after the io_context runs, and before io_unit and actor system, whose configuration
/// went through load_remote().
class basp_node {
public:
  using on_connected = remote_connection::on_connected;
  using on_closed = remote_connection::on_closed;

  basp_node(caf::actor_system& system, io_unit& unit);
  ~basp_node();

  basp_node(const basp_node&) = delete;
  basp_node& operator=(const basp_node&) = delete;

  /// Publishes `facade` to this peer alone. It and the connection end together: the facade's end
  /// closes the connection, and on_closed, which is called exactly once, may end the facade.
  remote_connection_ptr serve(std::unique_ptr<remote_stream> stream, caf::strong_actor_ptr facade,
                              std::set<std::string> signatures, remote_options options,
                              on_closed closed);

  /// Calls `connected` at most once, with what the peer publishes, if that has these signatures;
  /// and `closed` exactly once, also if it never was connected.
  remote_connection_ptr connect(std::unique_ptr<remote_stream> stream,
                                std::set<std::string> signatures, remote_options options,
                                on_connected connected, on_closed closed);

  template <class Handle>
  remote_connection_ptr serve(std::unique_ptr<remote_stream> stream, const Handle& facade,
                              remote_options options, on_closed closed) {
    return serve(std::move(stream), caf::actor_cast<caf::strong_actor_ptr>(facade),
                 signatures_of<Handle>(), std::move(options), std::move(closed));
  }

  template <class Handle>
  remote_connection_ptr connect(std::unique_ptr<remote_stream> stream, remote_options options,
                                std::function<void(Handle)> connected, on_closed closed) {
    return connect(
        std::move(stream), signatures_of<Handle>(), std::move(options),
        [connected = std::move(connected)](const caf::strong_actor_ptr& facade) {
          connected(caf::actor_cast<Handle>(facade));
        },
        std::move(closed));
  }

  template <class Handle>
  std::set<std::string> signatures_of() const {
    return system_.message_types(caf::detail::type_list<Handle>{});
  }

  /// All that was said to peers through CAF is with their connections.
  bool is_idle() const noexcept {
    const auto& waiting = broker_.mailbox();
    return waiting.blocked() || waiting.closed();
  }

  io_unit& unit() noexcept { return unit_; }
  std::size_t connections() const noexcept { return connections_.size(); }

private:
  friend remote_connection;

  remote_connection_ptr add(std::unique_ptr<remote_stream> stream, basp_side side,
                            remote_options options, on_connected connected, on_closed closed);
  std::optional<basp_violation> admit(remote_connection& newer, const basp_node_id& peer);
  void connected(remote_connection& who);
  void forget(remote_connection& who);
  void end_spawn_server(const caf::node_id& peer);

  caf::actor_system& system_;
  io_unit& unit_;
  io_multiplexer& multiplexer_;
  caf::strong_actor_ptr broker_alive_;
  caf::io::basp_broker& broker_; // touched only while it does not run
  basp_node_id own_;
  std::set<remote_connection_ptr> connections_;
};

} // namespace xylem
