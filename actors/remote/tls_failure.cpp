#include "actors/remote/tls_failure.hpp"

#include "actors/remote/tls_verification.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <array>

namespace xylem {

namespace {

struct known_reason {
  int number; ///< of OpenSSL
  tls_failure kind;
  const char* text;
};

/// Why the certificate of the peer was refused here.
constexpr std::array verdicts{
    known_reason{X509_V_ERR_CERT_HAS_EXPIRED, tls_failure::expired,
                 "the certificate of the peer has expired"},
    known_reason{X509_V_ERR_CERT_NOT_YET_VALID, tls_failure::not_yet_valid,
                 "the certificate of the peer is not valid yet"},
    known_reason{X509_V_ERR_CERT_REVOKED, tls_failure::revoked,
                 "the certificate of the peer was revoked"},
    known_reason{X509_V_ERR_INVALID_PURPOSE, tls_failure::wrong_use,
                 "the certificate of the peer was not issued for this side of a connection"},
    known_reason{X509_V_ERR_HOSTNAME_MISMATCH, tls_failure::wrong_name,
                 "the peer is not the one that was expected"},
};

/// What the peer said by an alert: about us.
constexpr std::array alerts{
    known_reason{SSL_AD_CERTIFICATE_EXPIRED, tls_failure::refused_by_peer,
                 "the peer finds our certificate expired: renew it, or compare the clocks"},
    known_reason{SSL_AD_CERTIFICATE_REVOKED, tls_failure::refused_by_peer,
                 "the peer says that our certificate was revoked"},
    known_reason{SSL_AD_UNKNOWN_CA, tls_failure::refused_by_peer,
                 "the peer does not know the authority of our certificate"},
    known_reason{SSL_AD_BAD_CERTIFICATE, tls_failure::refused_by_peer,
                 "the peer refuses our certificate: not yet valid by its clock, or another name"
                 " than it expects"},
    known_reason{SSL_AD_UNSUPPORTED_CERTIFICATE, tls_failure::refused_by_peer,
                 "the peer says that our certificate was not issued for this use"},
    known_reason{SSL_AD_CERTIFICATE_UNKNOWN, tls_failure::refused_by_peer,
                 "the peer refuses our certificate"},
    known_reason{SSL_AD_CERTIFICATE_REQUIRED, tls_failure::refused_by_peer,
                 "the peer wants a certificate, and got none"},
    known_reason{SSL_AD_ACCESS_DENIED, tls_failure::refused_by_peer, "the peer denies access"},
    known_reason{SSL_AD_NO_APPLICATION_PROTOCOL, tls_failure::other_protocol,
                 "the peer does not speak xylem-monitor/1"},
    known_reason{SSL_AD_PROTOCOL_VERSION, tls_failure::old_version,
                 "the peer does not speak TLS 1.3"},
    known_reason{SSL_AD_INTERNAL_ERROR, tls_failure::refused_by_peer,
                 "the peer cannot check certificates now"},
};

/// What was wrong with what came.
constexpr std::array reasons{
    known_reason{SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, tls_failure::no_certificate,
                 "the peer shows no certificate"},
    known_reason{SSL_R_NO_APPLICATION_PROTOCOL, tls_failure::other_protocol,
                 "the peer does not speak xylem-monitor/1"},
    known_reason{SSL_R_UNSUPPORTED_PROTOCOL, tls_failure::old_version,
                 "the peer does not speak TLS 1.3"},
    known_reason{SSL_R_VERSION_TOO_LOW, tls_failure::old_version,
                 "the peer does not speak TLS 1.3"},
    known_reason{SSL_R_WRONG_SSL_VERSION, tls_failure::old_version,
                 "the peer does not speak TLS 1.3"},
    known_reason{SSL_R_WRONG_VERSION_NUMBER, tls_failure::plain_text,
                 "the peer does not speak TLS but plain text"},
    known_reason{SSL_R_HTTP_REQUEST, tls_failure::plain_text,
                 "the peer does not speak TLS but HTTP"},
    known_reason{SSL_R_HTTPS_PROXY_REQUEST, tls_failure::plain_text,
                 "the peer does not speak TLS but HTTP"},
};

template <std::size_t N>
std::optional<tls_problem> find_in(const std::array<known_reason, N>& all, long number) {
  auto found = std::ranges::find(all, number, &known_reason::number);
  return found == all.end() ? std::nullopt : std::optional{tls_problem{found->kind, found->text}};
}

/// Nothing: the certificate of the peer was taken, or has not come.
std::optional<tls_problem> refused_here(const SSL* connection) {
  if (connection == nullptr || SSL_get_verify_mode(connection) == SSL_VERIFY_NONE)
    return std::nullopt;
  if (auto* notes = find_notes(connection); notes != nullptr && notes->refused)
    return notes->refused;
  auto verdict = SSL_get_verify_result(connection);
  if (verdict == X509_V_OK)
    return std::nullopt;
  auto known = find_in(verdicts, verdict);
  return known.value_or(tls_problem{tls_failure::other_authority,
                                    "the certificate of the peer is not of our authority ("
                                        + std::string{X509_verify_cert_error_string(verdict)}
                                        + ')'});
}

tls_problem alert_of(int number) {
  auto known = find_in(alerts, number);
  return known.value_or(
      tls_problem{tls_failure::refused_by_peer,
                  "the peer has ended TLS: " + std::string{SSL_alert_desc_string_long(number)}});
}

} // namespace

std::string_view to_string(tls_failure kind) noexcept {
  switch (kind) {
  case tls_failure::plain_text: return "plain_text";
  case tls_failure::old_version: return "old_version";
  case tls_failure::other_protocol: return "other_protocol";
  case tls_failure::no_certificate: return "no_certificate";
  case tls_failure::other_authority: return "other_authority";
  case tls_failure::not_yet_valid: return "not_yet_valid";
  case tls_failure::expired: return "expired";
  case tls_failure::revoked: return "revoked";
  case tls_failure::wrong_use: return "wrong_use";
  case tls_failure::wrong_name: return "wrong_name";
  case tls_failure::unreadable_list: return "unreadable_list";
  case tls_failure::refused_by_peer: return "refused_by_peer";
  case tls_failure::closed: return "closed";
  case tls_failure::broken: return "broken";
  }
  return "unknown";
}

tls_problem describe_tls_error(const boost::system::error_code& error, const SSL* connection) {
  namespace asio = boost::asio;
  if (auto refusal = refused_here(connection))
    return *refusal;
  if (error == asio::ssl::error::stream_truncated || error == asio::error::eof
      || error == asio::error::connection_reset || error == asio::error::broken_pipe)
    return {tls_failure::closed, "the peer has closed the connection"};
  if (error.category() != asio::error::get_ssl_category())
    return {tls_failure::broken, error.message()};
  auto reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  if (reason > SSL_AD_REASON_OFFSET)
    return alert_of(reason - SSL_AD_REASON_OFFSET);
  return find_in(reasons, reason).value_or(tls_problem{tls_failure::broken, error.message()});
}

} // namespace xylem
