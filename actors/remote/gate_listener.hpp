#pragma once

#include "actors/environment.hpp"
#include "actors/remote/limited_socket.hpp"
#include "actors/remote/mutual_tls.hpp"
#include "actors/remote/remote_stream.hpp"
#include "protocol/monitor_guard.hpp"
#include "protocol/monitor_names.hpp"
#include "protocol/refusal_book.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace xylem {

using mutual_tls_ptr = std::shared_ptr<mutual_tls>;

/// Somebody whose certificate and name have been looked at: a monitor that may follow.
struct admitted_monitor {
  std::unique_ptr<remote_stream> stream;
  node_identity who{};
  access_scope scope = access_scope::read;
  std::string shown{};   ///< `office#2`: no other connection is called this
  std::string address{}; ///< `192.0.2.7:49152`
};

/// Why somebody may not follow, as it is counted and in words.
struct monitor_denial {
  std::string_view reason{}; ///< lives as long as the program
  std::string text{};
};

/// What a test may have smaller.
struct gate_limits {
  std::size_t connections = limits::monitor_connections;
  mono_time::duration handshake_time = limits::monitor_handshake_time;
};

/// The port of a gate: accepts, has TLS shake hands, finds out who it is and whether that one may
/// follow; all within bounds, and every refusal is counted by its reason (monitor §1). I/O thread
/// only.
class gate_listener : public std::enable_shared_from_this<gate_listener> {
public:
  struct events {
    std::function<void(admitted_monitor)> admitted;
    std::function<void(log_level, std::string_view)> log;
  };

  gate_listener(boost::asio::io_context& io, const clock_source& clock, mutual_tls_ptr tls,
                gate_limits limits, events tell);

  /// Throws when the address cannot be listened on.
  void listen(const endpoint& where);

  /// Connections that were handed over stay.
  void close();

  void allow(monitor_access access) { access_ = std::move(access); }

  /// For who comes from now on.
  void use(mutual_tls_ptr tls) { tls_ = std::move(tls); }

  /// A connection that was handed over is no more.
  void ended(const std::string& name, const std::string& shown);

  /// Counts somebody who was turned away, also after he was let in.
  void refuse(std::string_view reason, std::string_view text, std::string_view address);

  /// Lines about those that were only counted.
  void tick();

  std::uint16_t port() const;

  /// Why somebody may not follow, or not go on to; nothing: it may.
  std::optional<monitor_denial> why_not(const node_identity& who, access_scope scope,
                                        wall_time at) const;

  std::size_t handshakes() const noexcept { return guard_.handshakes(); }
  std::uint64_t accepted() const noexcept { return accepted_; }
  const refusal_book& refusals() const noexcept { return refusals_; }

private:
  using tls_stream = boost::asio::ssl::stream<limited_socket>;
  struct handshake;

  task<void> accept_all();
  void greet(web_tcp_stream socket, const boost::asio::ip::tcp::endpoint& from);
  task<void> shake_hands(std::shared_ptr<handshake> with);
  task<bool> authenticate(handshake& with);
  void note_failure(handshake& with, const boost::system::error_code& error);
  std::optional<monitor_denial> denial_of(handshake& with, const std::optional<node_identity>& who,
                                          access_scope scope);
  task<bool> send_away(handshake& with, const monitor_denial& why);

  boost::asio::io_context& io_;
  const clock_source& clock_;
  mutual_tls_ptr tls_;
  gate_limits limits_;
  events tell_;
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, io_executor> acceptor_;
  boost::asio::steady_timer pause_;
  monitor_access access_;
  monitor_guard guard_;
  connection_names names_{limits::monitor_connections_of_name};
  refusal_book refusals_;
  std::uint64_t accepted_ = 0;
};

} // namespace xylem
