#include "tests/actors/tls_bench.hpp"

#include <boost/asio/write.hpp>

namespace xylem::testing {

namespace {

namespace asio = boost::asio;

/// The handshake, a byte there, a byte back: with TLS 1.3 a client learns only then that the
/// server has refused it.
void begin(tls_end& end, asio::ssl::stream_base::handshake_type side) {
  end.stream.async_handshake(side, [&end](boost::system::error_code error) {
    end.error = error;
    if (error) { // its alert is written; now the other one sees the end
      end.stream.lowest_layer().shutdown(asio::socket_base::shutdown_send, error);
      return;
    }
    asio::async_write(end.stream, asio::buffer("x", 1), [](auto, auto) {});
    end.stream.async_read_some(asio::buffer(end.received),
                               [&end](auto failed, auto) { end.error = failed; });
  });
}

} // namespace

void tls_pair::shake_hands() {
  begin(server, asio::ssl::stream_base::server);
  begin(client, asio::ssl::stream_base::client);
  io.run();
}

} // namespace xylem::testing
