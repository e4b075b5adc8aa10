#pragma once

#include "waiting.hpp"
#include "web_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <variant>

namespace xylem::testing {

/// A connection to a gateway, with TLS or without. Each operation is waited for, at most
/// `patience`, and throws what went wrong.
class web_test_stream {
public:
  explicit web_test_stream(const web_place& where) : tls_{boost::asio::ssl::context::tls_client} {
    auto& tcp = stream_.emplace<plain>(io_);
    boost::asio::ip::tcp::endpoint gateway{boost::asio::ip::address_v4::loopback(), where.port};
    wait([&](auto&, auto done) { tcp.async_connect(gateway, done); });
    if (where.authority.empty())
      return;
    tls_.set_verify_mode(boost::asio::ssl::verify_peer);
    tls_.load_verify_file(where.authority);
    auto connected = std::move(tcp);
    auto& secure = stream_.emplace<encrypted>(std::move(connected), tls_);
    wait([&](auto&, auto done) {
      secure.async_handshake(boost::asio::ssl::stream_base::client, done);
    });
  }

  /// `start(stream, handler)` begins an operation.
  template <class Start>
  void wait(Start start) {
    boost::system::error_code failed;
    auto done = [&](const boost::system::error_code& error, auto&&...) { failed = error; };
    std::visit(
        [&]<class Stream>(Stream& stream) {
          if constexpr (!std::is_same_v<Stream, std::monostate>) {
            boost::beast::get_lowest_layer(stream).expires_after(patience);
            start(stream, done);
          }
        },
        stream_);
    io_.restart();
    io_.run();
    if (failed)
      throw boost::system::system_error{failed};
  }

private:
  using plain = boost::beast::tcp_stream;
  using encrypted = boost::beast::ssl_stream<boost::beast::tcp_stream>;

  boost::asio::io_context io_;
  boost::asio::ssl::context tls_;
  std::variant<std::monostate, plain, encrypted> stream_;
};

template <class Fields>
web_answer as_answer(const boost::beast::http::response_header<Fields>& head,
                     std::string body = {}) {
  web_answer answer{head.result_int(), {}, std::move(body)};
  for (const auto& field : head) {
    auto name = std::string{field.name_string()};
    for (auto& c : name)
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    answer.headers[name] = std::string{field.value()};
  }
  return answer;
}

} // namespace xylem::testing
