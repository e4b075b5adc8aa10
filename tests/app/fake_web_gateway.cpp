#include "fake_web_gateway.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xylem::testing {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using request_message = http::request<http::string_body>;

constexpr auto hello =
    R"({"type":"hello","version":"0.1.0","epoch":7,"seq":40,"meshes":["default"],)"
    R"("scopes":["read","command","admin"]})";
constexpr auto dashboard = R"({"type":"trafficLog","message":"Node-5 GPS"})";

std::uint16_t listen_somewhere(int descriptor) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(descriptor, raw, size) != 0 || getsockname(descriptor, raw, &size) != 0
      || listen(descriptor, 16) != 0)
    throw std::runtime_error{"no free port"};
  return ntohs(address.sin_port);
}

seen_request seen_of(const request_message& request) {
  return {std::string{request.method_string()} + " " + std::string{request.target()},
          std::string{request[http::field::authorization]}, request.body()};
}

} // namespace

/// Plays a script on a stream that blocks; every error ends it: the test sees what it got.
class fake_web_gateway::connection {
public:
  connection(fake_web_gateway& owner, const web_script& what) : owner_{owner}, what_{what} {}

  template <class Stream>
  void play(Stream& stream) {
    error_code code;
    for (const auto& step : what_.exchanges) {
      auto request = read(stream, code);
      if (code || !answer(stream, request, step))
        return;
    }
    if (what_.feed)
      return follow(stream);
    while (what_.end == web_ending::client_closes && !code) {
      auto request = read(stream, code);
      if (!code && !what_.exchanges.empty()) // an empty script is one of silence
        answer(stream, request, {});
    }
  }

private:
  template <class Stream>
  request_message read(Stream& stream, error_code& code) {
    request_message request;
    http::read(stream, buffer_, request, code);
    if (!code)
      note(seen_of(request));
    return request;
  }

  template <class Stream>
  bool answer(Stream& stream, const request_message& request, const web_exchange& step) {
    auto is_expected = seen_of(request).line == step.request;
    http::response<http::string_body> made{
        static_cast<http::status>(is_expected ? step.status : 500), request.version(),
        is_expected ? step.answer
                    : problem_json("internal", "not in the script: " + seen_of(request).line)};
    made.prepare_payload();
    error_code code;
    if (what_.end == web_ending::breaks)
      made.set(http::field::content_length, std::to_string(made.body().size() + 1));
    http::write(stream, made, code);
    return !code && is_expected;
  }

  template <class Stream>
  void follow(Stream& stream) {
    error_code code;
    auto request = read(stream, code);
    websocket::stream<Stream&> socket{stream};
    if (!code)
      socket.accept(request, code);
    auto tell = [&](const std::string& text) {
      if (!code)
        socket.write(asio::buffer(text), code);
    };
    tell(hello);
    tell(dashboard);
    beast::flat_buffer subscription;
    if (!code)
      socket.read(subscription, code);
    note({"subscribe", {}, beast::buffers_to_string(subscription.data())});
    tell(what_.feed->result);
    for (const auto& message : what_.feed->messages)
      tell(message);
    if (what_.end == web_ending::gateway_closes && !code)
      socket.close({static_cast<websocket::close_code>(what_.close_code), "the test is over"},
                   code);
    else if (what_.end == web_ending::client_closes && !code)
      socket.read(subscription, code);
  }

  void note(seen_request what) {
    std::lock_guard guard{owner_.mutex_};
    owner_.seen_.push_back(std::move(what));
  }

  fake_web_gateway& owner_;
  const web_script& what_;
  beast::flat_buffer buffer_;
};

fake_web_gateway::fake_web_gateway(std::vector<web_script> scripts,
                                   std::optional<web_identity> identity)
    : scripts_{std::move(scripts)}, identity_{std::move(identity)},
      listener_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  port_ = listen_somewhere(listener_);
  thread_ = std::thread{[this] { play_all(); }};
}

fake_web_gateway::~fake_web_gateway() {
  {
    std::lock_guard guard{mutex_};
    over_ = true;
    shutdown(listener_, SHUT_RDWR); // ends accept()
    if (current_ >= 0)
      shutdown(current_, SHUT_RDWR);
  }
  thread_.join();
  close(listener_);
}

client::gateway_url fake_web_gateway::url() const {
  return {identity_ ? client::web_scheme::https : client::web_scheme::http, {"127.0.0.1", port_}};
}

std::vector<seen_request> fake_web_gateway::seen() const {
  std::lock_guard guard{mutex_};
  return seen_;
}

void fake_web_gateway::play_all() {
  asio::io_context io;
  asio::ssl::context rules{asio::ssl::context::tls_server};
  if (identity_) {
    rules.use_certificate_chain(asio::buffer(identity_->certificate));
    rules.use_private_key(asio::buffer(identity_->key), asio::ssl::context::pem);
  }
  for (const auto& script : scripts_) {
    auto descriptor = accept(listener_, nullptr, nullptr);
    {
      std::lock_guard guard{mutex_};
      if (over_ || descriptor < 0)
        return void(descriptor < 0 ? 0 : close(descriptor));
      current_ = descriptor;
    }
    asio::ip::tcp::socket socket{io, asio::ip::tcp::v4(), descriptor};
    connection player{*this, script};
    if (identity_) {
      asio::ssl::stream<asio::ip::tcp::socket&> encrypted{socket, rules};
      error_code code;
      encrypted.handshake(asio::ssl::stream_base::server, code);
      if (!code)
        player.play(encrypted);
    } else {
      player.play(socket);
    }
    std::lock_guard guard{mutex_};
    current_ = -1; // before it is closed: its number may be another's then
  }
}

std::vector<web_script> one_connection(std::vector<web_exchange> exchanges) {
  return {web_script{std::move(exchanges)}};
}

std::string problem_json(const std::string& type, const std::string& detail) {
  return R"({"type":"urn:xylem:)" + type + R"(","title":"A Title","status":400,"detail":")" + detail
         + "\"}";
}

} // namespace xylem::testing
