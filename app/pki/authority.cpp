#include "app/pki/authority.hpp"

#include "actors/remote/certificate.hpp"
#include "app/pki/signing.hpp"
#include "protocol/monitor_names.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <stdexcept>

namespace xylem::pki {

namespace {

using namespace openssl;

void add_authority_extensions(X509* made) {
  add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(made, made, NID_subject_key_identifier, "hash");
}

void add_node_extensions(X509* made, X509* issuer, const std::string& name, certificate_use use) {
  add_extension(made, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(made, issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(made, issuer, NID_ext_key_usage,
                use == certificate_use::monitor ? "clientAuth" : "serverAuth,clientAuth");
  add_extension(made, issuer, NID_subject_alt_name, "DNS:" + name);
  add_extension(made, issuer, NID_subject_key_identifier, "hash");
  add_extension(made, issuer, NID_authority_key_identifier, "keyid:always");
}

issued_certificate about(X509* made, const std::string& name, certificate_use use) {
  auto said = identity_of(made);
  return {name, said.serial, use, said.not_before, said.not_after};
}

void check_name(const std::string& name) {
  if (!is_node_name(name))
    throw std::invalid_argument{"a name has 1 to 64 of a-z, 0-9, `.`, `_` and `-`"};
}

/// What is signed, with everything but its extensions.
certificate draft(const std::string& name, const X509_NAME* issuer, EVP_PKEY* key,
                  wall_time not_before, wall_time not_after) {
  certificate made{require(X509_new())};
  require(X509_set_version(made.get(), X509_VERSION_3));
  require(X509_set_serialNumber(made.get(), random_serial().get()));
  require(X509_set1_notBefore(made.get(), time_of(not_before).get()));
  require(X509_set1_notAfter(made.get(), time_of(not_after).get()));
  require(X509_set_pubkey(made.get(), key));
  auto* subject = X509_get_subject_name(made.get());
  require(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name.data()),
                                     static_cast<int>(name.size()), -1, 0));
  require(X509_set_issuer_name(made.get(), issuer == nullptr ? subject : issuer));
  return made;
}

} // namespace

std::string_view to_string(certificate_use use) noexcept {
  switch (use) {
  case certificate_use::node: return "node";
  case certificate_use::monitor: return "monitor";
  }
  return "unknown";
}

std::optional<certificate_use> parse_certificate_use(std::string_view text) {
  for (auto use : {certificate_use::node, certificate_use::monitor})
    if (text == to_string(use))
      return use;
  return std::nullopt;
}

identity_files authority::create(const std::string& name, wall_time now,
                                 std::chrono::days lifetime) {
  check_name(name);
  auto key = new_key();
  auto made = draft(name, nullptr, key.get(), now - clock_slack, now + lifetime);
  add_authority_extensions(made.get());
  require(X509_sign(made.get(), key.get(), EVP_sha256()));
  return {pem_of(made.get()), pem_of(key.get())};
}

authority::authority(const identity_files& files)
    : certificate_{read_certificate(files.certificate)}, key_{read_key(files.key)} {
  if (X509_check_private_key(certificate_.get(), key_.get()) != 1)
    throw std::runtime_error{"the key of the authority does not belong to its certificate"};
  if (X509_check_ca(certificate_.get()) != 1)
    throw std::runtime_error{"the certificate is not one of an authority"};
  about_ = pki::about(certificate_.get(), "ca", certificate_use::node);
}

new_identity authority::issue(const std::string& name, certificate_use use, wall_time now,
                              std::chrono::days lifetime) const {
  check_name(name);
  if (now >= about_.not_after)
    throw std::runtime_error{"the authority has expired: make another one with xylem pki init"};
  auto key = new_key();
  auto end = std::min<wall_time>(now + lifetime, about_.not_after);
  auto begin = std::max<wall_time>(now - clock_slack, about_.not_before);
  auto made = draft(name, X509_get_subject_name(certificate_.get()), key.get(), begin, end);
  add_node_extensions(made.get(), certificate_.get(), name, use);
  require(X509_sign(made.get(), key_.get(), EVP_sha256()));
  return {{pem_of(made.get()), pem_of(key.get())}, pki::about(made.get(), name, use)};
}

std::string authority::revoke(const std::vector<revocation>& all, wall_time now,
                              std::uint64_t number) const {
  revoked_list made{require(X509_CRL_new())};
  require(X509_CRL_set_version(made.get(), X509_CRL_VERSION_2));
  require(X509_CRL_set_issuer_name(made.get(), X509_get_subject_name(certificate_.get())));
  require(X509_CRL_set1_lastUpdate(made.get(), time_of(now - clock_slack).get()));
  require(X509_CRL_set1_nextUpdate(made.get(), X509_get0_notAfter(certificate_.get())));
  for (const auto& one : all)
    add_entry(made.get(), one.serial, one.when);
  add_extension(made.get(), certificate_.get(), NID_authority_key_identifier, "keyid:always");
  add_number(made.get(), number);
  require(X509_CRL_sort(made.get()));
  require(X509_CRL_sign(made.get(), key_.get(), EVP_sha256()));
  return pem_of(made.get());
}

authority::revoked authority::read_revoked(const std::string& pem) const {
  auto list = read_list(pem);
  if (X509_CRL_verify(list.get(), key_.get()) != 1) {
    ERR_clear_error();
    throw std::runtime_error{"the list of revoked certificates is of another authority"};
  }
  revoked out{{}, number_of(list.get())};
  auto* entries = X509_CRL_get_REVOKED(list.get());
  for (auto i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    auto* one = sk_X509_REVOKED_value(entries, i);
    out.all.push_back({serial_text(X509_REVOKED_get0_serialNumber(one)),
                       wall_time_of(X509_REVOKED_get0_revocationDate(one))});
  }
  return out;
}

} // namespace xylem::pki
