#pragma once

#include "actors/environment.hpp"
#include "actors/remote/revoked_certificates.hpp"
#include "actors/remote/tls_failure.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <optional>

namespace xylem {

/// What the handshakes of one node are checked by.
struct verification_rules {
  std::shared_ptr<const revoked_certificates> revoked;
  const clock_source& clock; ///< what time it is
};

/// From now on connections of `context` check their peers: as OpenSSL does, and by `rules`, which
/// live as long as the context or a connection of it.
void verify_by(SSL_CTX* context, verification_rules rules);

/// What the checks of a connection found, beyond OpenSSL's.
struct verification_notes {
  std::string expected{}; ///< the name; empty: any
  std::optional<tls_problem> refused{};
};

/// Those of a connection; made at the first call, they go with it.
verification_notes& notes_of(SSL* connection);

/// Null: there are none.
const verification_notes* find_notes(const SSL* connection) noexcept;

} // namespace xylem
