#pragma once

#include "actors/file_descriptor.hpp"
#include "actors/environment.hpp"
#include "actors/settings.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace xylem {

/// `127.0.0.1:5001`, `[::1]:5001`.
std::string to_text(const boost::asio::ip::tcp::endpoint& where);

/// Listens on one address and hands over who connects, many at a time. I/O thread only.
class client_acceptor : public std::enable_shared_from_this<client_acceptor> {
public:
  using accepted = std::function<void(std::vector<file_descriptor> sockets)>;

  client_acceptor(environment& env, actor_log& log);

  /// On the socket that was inherited for `actor`, such as `web_server`, else on this address:
  /// throws when it cannot be listened on. `done` is called until close().
  void listen(const std::string& actor, const endpoint& where, accepted done);
  void close();

  /// As listened on.
  const std::string& address() const noexcept { return address_; }

private:
  void open(const endpoint& where);
  void take(file_descriptor inherited);
  void wait();
  void accept();
  void take(std::vector<file_descriptor>& sockets);
  void take_or_pause(std::vector<file_descriptor>& sockets) noexcept;
  void pause();

  boost::asio::io_context& io_;
  const inherited_sockets* inherited_; // null: none
  actor_log& log_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::string address_;
  accepted done_;
};

} // namespace xylem
