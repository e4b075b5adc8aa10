#include "app/client/web_stream.hpp"

#include <boost/asio/ip/address.hpp>

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace xylem::client {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

asio::ip::tcp protocol_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return address.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
}

/// The certificate must be for this host, and the gateway is told for whom it is asked.
void expect_host(SSL* tls, const std::string& host) {
  error_code no_address;
  asio::ip::make_address(host, no_address);
  auto* rules = SSL_get0_param(tls);
  if (!no_address) {
    X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str());
    return;
  }
  X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
  SSL_set_tlsext_host_name(tls, host.c_str());
}

error tls_failure(SSL* tls, const error_code& code) {
  if (auto verdict = SSL_get_verify_result(tls);
      verdict != X509_V_OK && (SSL_get_verify_mode(tls) & SSL_VERIFY_PEER) != 0)
    return {error_kind::untrusted, X509_verify_cert_error_string(verdict)};
  return {error_kind::protocol, "no TLS connection: " + code.message()};
}

} // namespace

web_link::web_link(const web_access& how)
    : io_{1}, tls_{asio::ssl::context::tls_client}, stream_{web_stream::socket{io_}} {
  tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1
                   | asio::ssl::context::no_tlsv1_1);
  tls_.set_verify_mode(how.trust == tls_trust::anybody ? asio::ssl::verify_none
                                                       : asio::ssl::verify_peer);
}

result<std::unique_ptr<web_link>> web_link::open(const web_access& how) {
  deadline until{how.timeout};
  std::unique_ptr<web_link> link{new web_link{how}};
  auto& tls = link->tls_;
  error_code code;
  if (how.ca_file.empty())
    tls.set_default_verify_paths(code);
  else
    tls.load_verify_file(how.ca_file, code);
  if (code && how.url.scheme == web_scheme::https)
    return error{error_kind::invalid_request,
                 "no certificates can be read from " + how.ca_file + " (" + code.message() + ")"};
  auto connected = tcp_socket::connect(how.url.where, how.timeout);
  if (!connected)
    return connected.error();
  link->stream_.assign(protocol_of(connected->descriptor()), connected->release());
  if (how.url.scheme == web_scheme::https) {
    if (auto shaken = link->shake_hands(how, until); !shaken)
      return shaken.error();
  }
  return link;
}

result<done> web_link::shake_hands(const web_access& how, const deadline& until) {
  auto& encrypted = stream_.encrypt(tls_);
  expect_host(encrypted.native_handle(), how.url.where.host);
  outcome_code ended;
  encrypted.async_handshake(asio::ssl::stream_base::client,
                            [&ended](error_code code) { ended = code; });
  if (auto finished = finish(ended, until); !finished)
    return finished.error();
  if (*ended)
    return tls_failure(encrypted.native_handle(), *ended);
  return done{};
}

result<done> web_link::finish(const outcome_code& ended, const deadline& until) {
  if (run(ended, until))
    return done{};
  stream_.close();
  io_.restart();
  io_.run(); // what was under way lets go of its buffers
  return error{error_kind::timeout, "no complete answer in time"};
}

bool web_link::run(const outcome_code& ended, const deadline& until) {
  auto end = std::chrono::steady_clock::now() + until.left();
  io_.restart();
  while (!ended && io_.run_one_until(end) != 0)
    continue;
  return ended.has_value();
}

} // namespace xylem::client
