#pragma once

#include "actors/file_descriptor.hpp"
#include "actors/remote/openssl_pointers.hpp"
#include "protocol/basp_wire.hpp"

#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <netinet/in.h>

namespace xylem::bench {

/// What followers were told, together.
struct heard {
  std::uint64_t events = 0;
  std::uint64_t pages = 0;
  std::uint64_t gaps = 0;
};

/// A monitor that costs little: TLS, BASP, pages and credit (monitor §1 to §4), no pings, no nodes.
class follower {
public:
  /// Follows when it is made; throws std::runtime_error when it may not. `letter` makes its node id.
  follower(SSL_CTX* rules, const sockaddr_in& gate, char letter);

  int socket() const noexcept { return socket_.get(); }

  /// Readings and messages that it was told.
  std::uint64_t frames() const noexcept { return frames_; }

  /// All that has come. False: the connection has ended, or what came is wrong: an event twice, or
  /// another one than the next.
  bool read(heard& sum);

  /// Says that it is alive. False: that could not be said.
  bool beat();

private:
  void introduce(basp_node_id node);

  template <class Answer>
  Answer ask(std::string_view type, const std::string& text, std::uint64_t number);

  /// While the socket blocks.
  std::string await_frame(basp_operation wanted);

  /// As SSL_read(), whose error it may be asked for.
  int receive();

  /// The payload of header_, valid until the next call.
  std::optional<std::string_view> next_frame();

  bool take(std::string_view payload, heard& sum);
  bool grant(std::size_t events);
  bool say(const std::string& frames);

  file_descriptor socket_;
  openssl::owned<SSL, SSL_free> tls_;
  std::uint64_t facade_ = 0;
  basp_header header_;
  std::string kept_;
  std::size_t used_ = 0; // of kept_, with the frame that was given last
  std::uint64_t reached_ = 0;
  std::uint64_t frames_ = 0;
  std::uint32_t handled_ = 0;
  std::vector<char> room_ = std::vector<char>(65'536);
};

} // namespace xylem::bench
