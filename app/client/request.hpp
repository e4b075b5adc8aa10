#pragma once

#include "app/client/reply_parser.hpp"
#include "app/client/result.hpp"

namespace xylem::client {

/// One request of wire §4 (classic dialect) and the shape of its reply. What the wire cannot
/// carry is an `invalid_request`, never cut.
struct request {
  bytes wire;
  expectation reply;

  static result<request> latest(node_address node, type_code code);
  static result<request> latest_of_all(type_code code);
  static result<request> history(node_address node, type_code code, std::uint8_t max);
  static result<request> send(node_address node, bytes_view message);
  static result<request> broadcast(bytes_view message);
  static request network_info();
  static request reset_root();
  static request clean();
  static request active_count();
  static request node_status();

  /// Must be the last one: the end of the connection is its end.
  static result<request> answer(node_address node, bytes_view answer);

  /// Turns the connection into a stream.
  static request listen();
};

} // namespace xylem::client
