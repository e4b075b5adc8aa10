#pragma once

#include "actors/web_subscriber.hpp"
#include "tests/actors/fake_web_host.hpp"
#include "tests/actors/scripted_stream.hpp"

namespace xylem::testing {

/// One connection of the web server, whose other side, clock and server are the test's. At its end
/// it sees to it that nothing of the connection is left.
class web_connection_bench {
public:
  web_connection_bench();
  ~web_connection_bench();

  /// Whatever can run now.
  void run();

  /// Time passes; deadlines are looked at each second, as the server does it.
  void advance(std::chrono::seconds by);

  void receive(std::string_view text) {
    script->deliver(text);
    run();
  }

  bool ended() const { return !connection; }

  boost::asio::io_context io;
  moved_clock clock;
  std::shared_ptr<stream_script> script = std::make_shared<stream_script>(io);
  std::shared_ptr<fake_web_host> host = std::make_shared<fake_web_host>(io, clock);
  std::shared_ptr<web_connection> connection; ///< until it has ended
  std::weak_ptr<web_subscriber> subscriber;   ///< once it is a WebSocket

private:
  void open();

  std::vector<std::weak_ptr<web_connection>> all_;
};

/// An answer as it was written.
struct web_answer {
  unsigned status = 0;
  std::string head{};
  std::string body{};

  bool has(std::string_view line) const {
    return head.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
  }
};

/// All of them, whole; those to HEAD have no body.
std::vector<web_answer> answers_in(std::string_view written, bool to_head = false);

// -- WebSocket

inline constexpr std::string_view web_handshake_text
  = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

enum class web_opcode : std::uint8_t { more, text, binary, close = 8, ping, pong };

/// A frame as clients send it: masked.
std::string frame_of(web_opcode code, std::string_view payload, bool last = true);
inline std::string text_frame(std::string_view payload) {
  return frame_of(web_opcode::text, payload);
}
std::string close_frame(std::uint16_t code);

struct web_frame {
  web_opcode code{};
  std::string payload{};

  /// Of a close frame.
  unsigned close_code() const;

  bool operator==(const web_frame&) const = default;
};

/// What the gateway has sent after its answer to the handshake.
std::vector<web_frame> frames_in(std::string_view written);

} // namespace xylem::testing
