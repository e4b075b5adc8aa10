#include "actors/remote/mutual_tls.hpp"

#include "actors/remote/certificate.hpp"
#include "actors/remote/pem_file.hpp"
#include "actors/remote/tls_verification.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <stdexcept>

namespace xylem {

namespace {

namespace asio = boost::asio;

/// One certificate, and some room: what a stranger may make us keep.
constexpr long longest_chain = 16 * 1024;

[[noreturn]] void fail(const std::string& file, const std::string& why) {
  ERR_clear_error();
  throw std::runtime_error{file + ": " + why};
}

void require(bool is_done, const char* what) {
  if (is_done)
    return;
  ERR_clear_error();
  throw std::runtime_error{std::string{"TLS cannot be set up: "} + what};
}

std::string revoked_file(const std::string& authority) {
  auto slash = authority.rfind('/');
  return slash == std::string::npos ? "revoked.pem"
                                    : authority.substr(0, slash + 1) + "revoked.pem";
}

/// `authority` may hold several: a new one, and the one before it.
std::vector<openssl::certificate> read_authorities(const std::string& file, wall_time now) {
  auto all = parse_certificates(read_pem_file(file));
  if (all.empty())
    fail(file, "not a certificate in PEM");
  for (const auto& one : all) {
    if (X509_check_ca(one.get()) != 1)
      fail(file, "not the certificate of an authority");
    auto about = identity_of(one.get());
    about.name = "the authority";
    if (auto wrong = check_time(about, now); wrong && all.size() == 1)
      fail(file, explain(*wrong, about, now));
  }
  return all;
}

openssl::store store_of(const std::vector<openssl::certificate>& authorities) {
  openssl::store made{X509_STORE_new()};
  require(made != nullptr, "no store");
  for (const auto& one : authorities)
    require(X509_STORE_add_cert(made.get(), one.get()) == 1, "an authority");
  X509_STORE_set_flags(made.get(), X509_V_FLAG_X509_STRICT);
  return made;
}

openssl::certificate read_certificate(const std::string& file) {
  auto all = parse_certificates(read_pem_file(file));
  if (all.empty())
    fail(file, "not a certificate in PEM");
  return std::move(all.front());
}

openssl::key read_key(const std::string& file) {
  auto pem = read_pem_file(file, pem_secrecy::owner_only);
  openssl::key found{PEM_read_bio_PrivateKey(openssl::reading(pem).get(), nullptr,
                                             openssl::no_passphrase, nullptr)};
  OPENSSL_cleanse(pem.data(), pem.size());
  if (!found)
    fail(file, "not a private key in PEM without a passphrase");
  return found;
}

bool is_issued_by(X509_STORE* authorities, X509* certificate, wall_time now) {
  openssl::store_context check{X509_STORE_CTX_new()};
  require(check && X509_STORE_CTX_init(check.get(), authorities, certificate, nullptr) == 1,
          "no check");
  X509_VERIFY_PARAM_set_time(
      X509_STORE_CTX_get0_param(check.get()),
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  return X509_verify_cert(check.get()) == 1;
}

/// The names that a client offers, each behind its length.
int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned in_size, void*) {
  static const auto ours = static_cast<char>(monitor_alpn.size()) + std::string{monitor_alpn};
  auto* chosen = const_cast<unsigned char*>(*out);
  auto result =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned>(ours.size()), in, in_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// A client that offers no name at all is not asked to choose.
int require_alpn(SSL* connection, int* alert, void*) {
  const unsigned char* content = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(connection, TLSEXT_TYPE_application_layer_protocol_negotiation,
                                &content, &size)
      == 1)
    return SSL_CLIENT_HELLO_SUCCESS;
  notes_of(connection).refused = {tls_failure::other_protocol,
                                  "the peer does not speak " + std::string{monitor_alpn}};
  *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
  return SSL_CLIENT_HELLO_ERROR;
}

void use_alpn(SSL_CTX* context, bool is_server) {
  if (is_server) {
    SSL_CTX_set_alpn_select_cb(context, choose_alpn, nullptr);
    SSL_CTX_set_client_hello_cb(context, require_alpn, nullptr);
    return;
  }
  auto offered = static_cast<char>(monitor_alpn.size()) + std::string{monitor_alpn};
  require(SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(offered.data()),
                                  static_cast<unsigned>(offered.size()))
              == 0,
          "ALPN");
}

/// TLS 1.3 without anything that lets a session be taken up again or changed.
void restrict(SSL_CTX* context) {
  require(SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1
              && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1,
          "no TLS 1.3");
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  require(SSL_CTX_set_num_tickets(context, 0) == 1, "tickets");
  require(SSL_CTX_set_max_early_data(context, 0) == 1, "early data");
  SSL_CTX_set_max_cert_list(context, longest_chain);
  SSL_CTX_set_read_ahead(context, 0);                  // Asio hands over what it has read
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); // 34 KiB less while nothing happens
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_verify_depth(context, 0); // nobody between the authority and a node
}

} // namespace

/// What the files hold.
struct mutual_tls::material {
  std::vector<openssl::certificate> authorities;
  openssl::store store;
  openssl::certificate certificate;
  openssl::key key;
};

mutual_tls::mutual_tls(const tls_files& files, const clock_source& clock)
    : revoked_{std::make_shared<revoked_certificates>(revoked_file(files.authority))}, clock_{
                                                                                           clock} {
  auto now = clock.now().wall;
  auto authorities = read_authorities(files.authority, now);
  auto store = store_of(authorities);
  auto certificate = read_certificate(files.certificate);
  own_ = identity_of(certificate.get());
  if (own_.name.empty())
    fail(files.certificate, "its common name is not that of a node (1 to 64 of a-z 0-9 . _ -)");
  if (auto wrong = check_time(own_, now))
    fail(files.certificate, explain(*wrong, own_, now));
  if (!is_issued_by(store.get(), certificate.get(), now))
    fail(files.certificate, "was not issued by the authority in " + files.authority);
  auto key = read_key(files.key);
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    fail(files.key, "does not belong to the certificate in " + files.certificate);
  revoked_->refresh(authorities);
  if (!revoked_->is_known())
    throw std::runtime_error{revoked_->problem()};
  if (revoked_->has(own_.serial))
    fail(files.certificate, explain(access_denial::revoked, own_, now));
  material_ = std::make_unique<material>(
      material{std::move(authorities), std::move(store), std::move(certificate), std::move(key)});
}

mutual_tls::~mutual_tls() = default;

asio::ssl::context& mutual_tls::server() {
  if (!own_.may_serve)
    throw std::runtime_error{"the certificate of " + own_.name
                             + " is for monitors only: issue one without --monitor-only"};
  if (!server_)
    server_.emplace(make(true));
  return *server_;
}

asio::ssl::context& mutual_tls::client() {
  if (!own_.may_follow)
    throw std::runtime_error{"the certificate of " + own_.name + " is not for monitors"};
  if (!client_)
    client_.emplace(make(false));
  return *client_;
}

asio::ssl::context mutual_tls::make(bool is_server) const {
  asio::ssl::context made{is_server ? asio::ssl::context::tls_server
                                    : asio::ssl::context::tls_client};
  auto* context = made.native_handle();
  restrict(context);
  use_alpn(context, is_server);
  require(SSL_CTX_use_certificate(context, material_->certificate.get()) == 1, "the certificate");
  require(SSL_CTX_use_PrivateKey(context, material_->key.get()) == 1, "the key");
  SSL_CTX_set1_cert_store(context, material_->store.get());
  verify_by(context, {revoked_, clock_});
  return made;
}

bool mutual_tls::refresh() {
  return revoked_->refresh(material_->authorities);
}

const std::string& mutual_tls::problem() const noexcept {
  return revoked_->problem();
}

bool mutual_tls::is_revoked(const node_identity& who) const {
  return revoked_->has(who.serial);
}

void expect_node(SSL* connection, std::string name) {
  notes_of(connection).expected = std::move(name);
}

std::optional<node_identity> peer_certificate(const SSL* connection) {
  auto* found = SSL_get0_peer_certificate(connection);
  if (found == nullptr || SSL_get_verify_result(connection) != X509_V_OK)
    return std::nullopt;
  return identity_of(found);
}

} // namespace xylem
