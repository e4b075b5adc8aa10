#include "actors/remote/tls_verification.hpp"

#include "actors/remote/certificate.hpp"
#include "actors/remote/mutual_tls.hpp"

namespace xylem {

namespace {

template <class T>
void delete_it(void*, void* what, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<T*>(what);
}

int rules_place() {
  static const int place =
      SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, delete_it<verification_rules>);
  return place;
}

int notes_place() {
  static const int place =
      SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, delete_it<verification_notes>);
  return place;
}

bool speaks_monitor(const SSL* connection) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(connection, &name, &size);
  return std::string_view{reinterpret_cast<const char*>(name), size} == monitor_alpn;
}

/// Why a certificate that the authority has signed for this use is not good enough.
std::optional<tls_problem> refusal_of(SSL* connection, X509* certificate,
                                      const verification_rules& rules) {
  auto who = identity_of(certificate);
  const auto& expected = notes_of(connection).expected;
  auto is_gate = SSL_is_server(connection) == 1;
  if (!speaks_monitor(connection))
    return tls_problem{tls_failure::other_protocol,
                       "the peer does not speak " + std::string{monitor_alpn}};
  if (is_gate ? !who.may_follow : !who.may_serve)
    return tls_problem{tls_failure::wrong_use, "the certificate of the peer is not one of a "
                                                   + std::string{is_gate ? "monitor" : "gateway"}};
  if (who.name.empty())
    return tls_problem{tls_failure::wrong_name, "the certificate of the peer names no node"};
  if (!expected.empty() && who.name != expected)
    return tls_problem{tls_failure::wrong_name,
                       "the peer is " + who.name + ", and " + expected + " was expected"};
  if (!rules.revoked->is_known())
    return tls_problem{tls_failure::unreadable_list, rules.revoked->problem()};
  if (rules.revoked->has(who.serial))
    return tls_problem{tls_failure::revoked, explain(access_denial::revoked, who, {})};
  return std::nullopt;
}

/// What the peer is told by an alert.
int verdict_of(tls_failure why) {
  switch (why) {
  case tls_failure::revoked: return X509_V_ERR_CERT_REVOKED;
  case tls_failure::wrong_use: return X509_V_ERR_INVALID_PURPOSE;
  case tls_failure::wrong_name: return X509_V_ERR_HOSTNAME_MISMATCH;
  case tls_failure::unreadable_list: return X509_V_ERR_STORE_LOOKUP; // an internal error
  default: return X509_V_ERR_APPLICATION_VERIFICATION;
  }
}

/// A clock that is wrong looks like a certificate that is: both times are told.
void explain_time(SSL* connection, X509* certificate, wall_time now) {
  auto who = identity_of(certificate);
  auto wrong = check_time(who, now);
  if (wrong && !who.name.empty())
    notes_of(connection).refused = tls_problem{
        *wrong == access_denial::expired ? tls_failure::expired : tls_failure::not_yet_valid,
        explain(*wrong, who, now)};
}

bool is_time(int error) {
  return error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
}

bool verify(X509_STORE_CTX* check) {
  auto* connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto& rules = *static_cast<const verification_rules*>(
      SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), rules_place()));
  auto now = rules.clock.now().wall;
  X509_VERIFY_PARAM_set_time(
      X509_STORE_CTX_get0_param(check),
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  auto* certificate = X509_STORE_CTX_get0_cert(check);
  if (X509_verify_cert(check) != 1) {
    if (is_time(X509_STORE_CTX_get_error(check)) && X509_STORE_CTX_get_error_depth(check) == 0)
      explain_time(connection, certificate, now);
    return false;
  }
  auto refusal = refusal_of(connection, certificate, rules);
  if (refusal)
    X509_STORE_CTX_set_error(check, verdict_of(refusal->kind));
  notes_of(connection).refused = refusal;
  return !refusal;
}

} // namespace

void verify_by(SSL_CTX* context, verification_rules rules) {
  SSL_CTX_set_ex_data(context, rules_place(), new verification_rules{std::move(rules)});
  auto check = [](X509_STORE_CTX* one, void*) noexcept { return verify(one) ? 1 : 0; };
  SSL_CTX_set_cert_verify_callback(context, check, nullptr);
}

verification_notes& notes_of(SSL* connection) {
  if (auto* found = SSL_get_ex_data(connection, notes_place()))
    return *static_cast<verification_notes*>(found);
  auto* made = new verification_notes;
  SSL_set_ex_data(connection, notes_place(), made);
  return *made;
}

const verification_notes* find_notes(const SSL* connection) noexcept {
  return static_cast<const verification_notes*>(SSL_get_ex_data(connection, notes_place()));
}

} // namespace xylem
