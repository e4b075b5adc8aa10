#pragma once

#include "web_client.hpp"

#include <boost/json/object.hpp>

namespace xylem::testing {

/// How a gateway ended a WebSocket.
struct socket_end {
  unsigned code = 0; ///< 0: without a word
  std::string reason{};
};

/// A WebSocket of a gateway, without TLS. Every wait has an end and throws there; what the gateway
/// sends is recorded, up to a number of messages.
class web_socket_client {
public:
  /// Makes the handshake; `headers` go with it. Whether it succeeded is told by answer().
  explicit web_socket_client(const web_place& where, const web_headers& headers = {});
  ~web_socket_client();

  const web_answer& answer() const noexcept { return answer_; }

  void send(const boost::json::object& message);
  void send_text(const std::string& text);
  void send_binary(const std::string& data);

  /// The next message; throws when the gateway ends the connection.
  boost::json::object next();

  /// The next message of this type; those before it are skipped.
  boost::json::object next_of(const std::string& type);

  /// Sends a request and skips to its result.
  boost::json::object ask(const boost::json::object& request);

  /// Reads until the gateway ends the connection.
  socket_end await_end();

  void close(); ///< as the protocol wants it
  void drop();  ///< without a word

private:
  class connection;

  web_answer answer_;
  std::unique_ptr<connection> connection_;
};

} // namespace xylem::testing
