#pragma once

#include "actors/io_unit.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/io/network/multiplexer.hpp>

namespace xylem {

/// Has CAF's BASP run on the I/O thread. It is a multiplexer without sockets and without a thread:
/// what CAF would run in its own loop runs in the io_unit that is attached, and waits while there
/// is none: when the actor system starts, and when it ends. Nothing can be listened on or
/// connected to with it.
class io_multiplexer final : public caf::io::network::multiplexer {
public:
  explicit io_multiplexer(caf::actor_system* system);
  ~io_multiplexer() override;

  /// Whatever waits, and whatever comes, runs in `unit`. By the thread of its io_context.
  void attach(io_unit& unit);

  /// Before the io_unit goes; by the thread that ends the actor system.
  void detach();

  /// Thread-safe.
  void exec_later(caf::resumable* job) override;

  /// Runs one job while no unit is attached.
  bool try_run_once() override;
  void run_once() override { try_run_once(); }
  void run() override;
  supervisor_ptr make_supervisor() override { return nullptr; }

  caf::io::scribe_ptr new_scribe(caf::io::network::native_socket) override;
  caf::expected<caf::io::scribe_ptr> new_tcp_scribe(const std::string&, std::uint16_t) override;
  caf::io::doorman_ptr new_doorman(caf::io::network::native_socket) override;
  caf::expected<caf::io::doorman_ptr> new_tcp_doorman(std::uint16_t, const char*, bool) override;
  caf::io::datagram_servant_ptr new_datagram_servant(caf::io::network::native_socket) override;
  caf::io::datagram_servant_ptr
  new_datagram_servant_for_endpoint(caf::io::network::native_socket,
                                    const caf::io::network::ip_endpoint&) override;
  caf::expected<caf::io::datagram_servant_ptr> new_remote_udp_endpoint(const std::string&,
                                                                       std::uint16_t) override;
  caf::expected<caf::io::datagram_servant_ptr> new_local_udp_endpoint(std::uint16_t, const char*,
                                                                      bool) override;

private:
  std::mutex mutex_;
  io_unit* unit_ = nullptr;              // guarded by mutex_
  std::vector<caf::resumable*> waiting_; // guarded by mutex_
};

/// What both sides of a connection say that they are.
inline constexpr auto remote_application = "xylem";

/// Has the actor system load BASP in this way. The types of messages are added by the caller.
void load_remote(caf::actor_system_config& config);

} // namespace xylem
