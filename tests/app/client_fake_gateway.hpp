#pragma once

#include "app/client/endpoint.hpp"
#include "protocol/bytes.hpp"

#include <string>
#include <thread>
#include <vector>

namespace xylem::testing {

/// The bytes of a hex text, as a string.
std::string hex(std::string_view text);

/// `S | length(4) | JSON`.
std::string json_reply(std::string_view json);

/// `F | length(1) | text`.
std::string refusal(std::string_view text);

struct exchange {
  std::string request; ///< what must come, byte for byte; empty: nothing is waited for
  std::string reply;
};

enum class ending { client_closes, gateway_closes };
enum class pace { at_once, byte_by_byte };

struct script {
  std::vector<exchange> exchanges;
  ending end = ending::client_closes;
  pace writing = pace::at_once;
};

/// Plays one script a connection, on a free port of 127.0.0.1, in a thread of its own. A request
/// that is not in the script is answered by a failure that says so.
class fake_gateway {
public:
  explicit fake_gateway(std::vector<script> scripts);
  ~fake_gateway();

  client::endpoint where() const { return {"127.0.0.1", port_}; }

private:
  void play_all();
  void play(int connection, const script& what) const;
  bool wait_readable(int descriptor) const; // false: the test is over
  std::string read_exactly(int connection, std::size_t size) const;

  std::vector<script> scripts_;
  int listener_ = -1;
  int stop_ = -1; // readable when the test is over
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// A port that is taken, but where nobody listens: every connection is refused.
class closed_port {
public:
  closed_port();
  ~closed_port();

  client::endpoint where() const { return {"127.0.0.1", port_}; }

private:
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
};

} // namespace xylem::testing
