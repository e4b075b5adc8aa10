#pragma once

#include <boost/system/error_code.hpp>

#include <openssl/ossl_typ.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace xylem {

/// Why a connection of monitor §1 was not begun or has ended, as it is counted.
enum class tls_failure : std::uint8_t {
  plain_text,      ///< not TLS at all
  old_version,     ///< no TLS 1.3
  other_protocol,  ///< TLS, but not `xylem-monitor/1` inside
  no_certificate,  ///< the peer shows none
  other_authority, ///< not issued by ours
  not_yet_valid,
  expired,
  revoked,
  wrong_use, ///< made for monitors alone, or for no node at all
  wrong_name,
  unreadable_list, ///< revoked.pem here cannot be read: nobody is let in
  refused_by_peer, ///< an alert
  closed,          ///< without one
  broken,          ///< anything else
};

/// `plain_text`, as metrics label it.
std::string_view to_string(tls_failure kind) noexcept;

struct tls_problem {
  tls_failure kind = tls_failure::broken;
  std::string text; ///< `the certificate of the peer has expired`
};

/// What an operation of a TLS stream has failed with. `connection` knows more about a handshake.
tls_problem describe_tls_error(const boost::system::error_code& error,
                               const SSL* connection = nullptr);

} // namespace xylem
