#pragma once

#include "actors/environment.hpp"
#include "actors/remote/revoked_certificates.hpp"
#include "actors/remote/tls_failure.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <optional>

namespace xylem {

/// The files with which a node proves who it is, all PEM (monitor §1).
struct tls_files {
  std::string authority{}; ///< `revoked.pem` is beside it, if there is one
  std::string certificate{};
  std::string key{}; ///< 0600

  bool operator==(const tls_files&) const = default;
};

/// The protocol inside of TLS, which both sides must name.
inline constexpr std::string_view monitor_alpn = "xylem-monitor/1";

/// TLS as monitor §1 has it, for both sides: 1.3, mutual, nothing is resumed. During the handshake
/// the peer's certificate is checked for authority, time (by `clock`), use, name and revocation;
/// who may do what is decided afterwards. Connections may outlive it. Not thread-safe.
class mutual_tls {
public:
  /// Reads all files. Throws std::runtime_error with one sentence: which file, and why.
  mutual_tls(const tls_files& files, const clock_source& clock);
  ~mutual_tls();

  /// For who is connected to, and who connects. Throw std::runtime_error when the certificate is
  /// not for this.
  boost::asio::ssl::context& server();
  boost::asio::ssl::context& client();

  /// Who this node is.
  const node_identity& own() const noexcept { return own_; }

  /// Looks whether revoked.pem is another one than before. True: so are those who are revoked.
  bool refresh();

  /// What is wrong with revoked.pem; empty: nothing. Until it is mended nobody new is let in.
  const std::string& problem() const noexcept;

  bool is_revoked(const node_identity& who) const;

private:
  struct material;
  boost::asio::ssl::context make(bool is_server) const;

  std::unique_ptr<material> material_;
  std::shared_ptr<revoked_certificates> revoked_;
  const clock_source& clock_;
  node_identity own_;
  std::optional<boost::asio::ssl::context> server_;
  std::optional<boost::asio::ssl::context> client_;
};

/// Before the handshake: the peer has this name, or the handshake fails.
void expect_node(SSL* connection, std::string name);

/// After the handshake: who the peer is. Nothing: there was none.
std::optional<node_identity> peer_certificate(const SSL* connection);

} // namespace xylem
