#pragma once

#include "actors/io_actor.hpp"
#include "actors/remote/basp_node.hpp"
#include "actors/remote/io_multiplexer.hpp"
#include "actors/remote/remote_type.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>

namespace xylem {

/// Two messages that travel as text.
struct toy_question {
  std::uint64_t number = 0;
};

struct toy_answer {
  std::uint64_t number = 0;
};

template <>
inline constexpr std::string_view remote_type_name<toy_question> = "toy_question";
template <>
inline constexpr std::string_view remote_type_name<toy_answer> = "toy_answer";

std::string encode(const toy_question& what);
std::string encode(const toy_answer& what);
template <>
std::optional<toy_question> decode(std::string_view text);
template <>
std::optional<toy_answer> decode(std::string_view text);

template <class Inspector>
auto inspect(Inspector& f, toy_question& what) {
  return inspect_encoded(f, what);
}
template <class Inspector>
auto inspect(Inspector& f, toy_answer& what) {
  return inspect_encoded(f, what);
}

namespace testing {

using namespace std::chrono_literals;

/// What is published: answers with the number that is one more; keeps numbers that it is only told.
using toy_facade =
    caf::typed_actor<caf::replies_to<toy_question>::with<toy_answer>, caf::reacts_to<toy_answer>>;

struct toy_facade_state {
  std::vector<std::uint64_t> told{};
};

/// What this facade was told, in order.
const std::vector<std::uint64_t>& told_to(const toy_facade& facade);

using local_stream =
    boost::asio::basic_stream_socket<boost::asio::local::stream_protocol, io_executor>;

/// One actor system, as if it were in a process of its own; they share the thread of the test.
struct remote_peer {
  explicit remote_peer(boost::asio::io_context& io);
  ~remote_peer();

  toy_facade spawn_facade();

  struct config : caf::actor_system_config {
    config();
  };

  config cfg;
  caf::actor_system system{cfg};
  io_unit unit;
  basp_node node{system, unit};
  std::vector<caf::actor_addr> spawned;
};

/// A server with a facade, a client, and what happened to the connections between them.
struct remote_fixture {
  /// Runs the I/O thread's work until `done`, or fails after 20 s.
  void run_until(const std::function<bool()>& done);

  std::pair<local_stream, local_stream> stream_pair();

  remote_connection_ptr serve(local_stream stream, const toy_facade& facade,
                              remote_options options = server_options());
  remote_connection_ptr connect(remote_peer& who, local_stream stream,
                                remote_options options = client_options());

  /// Both, and waits for the facade's proxy at the client.
  toy_facade connect_both(remote_options of_server = server_options(),
                          remote_options of_client = client_options());

  /// Asks from the client, and tells the answer, or 0 for an error.
  std::uint64_t ask(const toy_facade& whom, std::uint64_t number);

  static remote_options server_options();
  static remote_options client_options();

  std::vector<remote_end> server_ends; // also of what ends with the peers
  std::vector<remote_end> client_ends;
  boost::asio::io_context io{1};
  remote_peer server{io};
  remote_peer client{io};
  toy_facade published; // on the server, of connect_both()
  remote_connection_ptr served;
  remote_connection_ptr connected;
};

} // namespace testing

} // namespace xylem
