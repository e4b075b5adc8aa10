#include "web_socket_client.hpp"

#include "web_stream.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace xylem::testing {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

/// Messages of one socket that are recorded: the rest is alike.
constexpr int recorded_messages = 300;

} // namespace

class web_socket_client::connection {
public:
  explicit connection(std::uint16_t port) {
    asio::ip::tcp::endpoint gateway{asio::ip::address_v4::loopback(), port};
    beast::get_lowest_layer(socket_).expires_after(patience);
    wait([&](auto done) { beast::get_lowest_layer(socket_).async_connect(gateway, done); });
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(websocket::stream_base::timeout{patience, patience, false});
    socket_.read_message_max(64 * 1024 * 1024);
  }

  web_answer shake_hands(const std::string& host, const web_headers& headers) {
    socket_.set_option(websocket::stream_base::decorator{[&](websocket::request_type& request) {
      for (const auto& [name, value] : headers)
        request.set(name, value);
    }});
    websocket::response_type response;
    auto error = run([&](auto done) { socket_.async_handshake(response, host, "/ws", done); });
    if (error && error != websocket::error::upgrade_declined)
      throw boost::system::system_error{error};
    return as_answer(response.base(), response.body());
  }

  void write(const std::string& data, bool is_text) {
    socket_.text(is_text);
    wait([&](auto done) { socket_.async_write(asio::buffer(data), done); });
  }

  std::string read() {
    buffer_.clear();
    wait([&](auto done) { socket_.async_read(buffer_, done); });
    auto text = beast::buffers_to_string(buffer_.data());
    if (recorded_++ < recorded_messages)
      record_message("gateway", text);
    return text;
  }

  socket_end await_end() {
    for (;;)
      try {
        read();
      } catch (const boost::system::system_error& error) {
        if (error.code() == beast::error::timeout)
          throw;
        return {socket_.reason().code, std::string{socket_.reason().reason.c_str()}};
      }
  }

  void close() {
    wait([&](auto done) { socket_.async_close(websocket::close_code::normal, done); });
  }

private:
  template <class Start>
  error_code run(Start start) {
    std::optional<error_code> ended;
    start([&](const error_code& error, auto&&...) { ended = error; });
    io_.restart();
    while (!ended)
      io_.run_one(); // the socket's timer goes on longer
    return *ended;
  }

  template <class Start>
  void wait(Start start) {
    if (auto error = run(start))
      throw boost::system::system_error{error};
  }

  asio::io_context io_;
  websocket::stream<beast::tcp_stream> socket_{io_};
  beast::flat_buffer buffer_;
  int recorded_ = 0;
};

web_socket_client::web_socket_client(const web_place& where, const web_headers& headers)
    : connection_{std::make_unique<connection>(where.port)} {
  auto all = headers;
  if (!where.token.empty())
    all.emplace_back("Authorization", "Bearer " + where.token);
  answer_ = connection_->shake_hands("127.0.0.1:" + std::to_string(where.port), all);
  record_answer("GET", "/ws", answer_);
}

web_socket_client::~web_socket_client() = default;

void web_socket_client::send(const json::object& message) {
  auto text = json::serialize(message);
  record_message("client", text);
  send_text(text);
}

void web_socket_client::send_text(const std::string& text) {
  connection_->write(text, true);
}

void web_socket_client::send_binary(const std::string& data) {
  connection_->write(data, false);
}

json::object web_socket_client::next() {
  return json::parse(connection_->read()).as_object();
}

json::object web_socket_client::next_of(const std::string& type) {
  for (;;)
    if (auto message = next(); message.at("type").as_string() == type)
      return message;
}

json::object web_socket_client::ask(const json::object& request) {
  send(request);
  return next_of("result");
}

socket_end web_socket_client::await_end() {
  return connection_->await_end();
}

void web_socket_client::close() {
  connection_->close();
}

void web_socket_client::drop() {
  connection_.reset();
}

} // namespace xylem::testing
