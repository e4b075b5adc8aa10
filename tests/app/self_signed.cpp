#include "fake_web_gateway.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace xylem::testing {

namespace {

template <auto Free>
struct freeing {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};

using key_pointer = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using certificate_pointer = std::unique_ptr<X509, freeing<X509_free>>;
using bio_pointer = std::unique_ptr<BIO, freeing<BIO_free>>;

constexpr long an_hour = 3600; // seconds

template <class Write>
std::string pem_of(Write write) {
  bio_pointer out{BIO_new(BIO_s_mem())};
  if (write(out.get()) != 1)
    throw std::runtime_error{"no PEM"};
  char* text = nullptr;
  auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

void add_extension(X509* to, int kind, const std::string& value) {
  std::unique_ptr<X509_EXTENSION, freeing<X509_EXTENSION_free>> made{
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str())};
  if (!made || X509_add_ext(to, made.get(), -1) != 1)
    throw std::runtime_error{"no extension"};
}

} // namespace

web_identity self_signed(const std::string& address) {
  key_pointer key{EVP_EC_gen("P-256")};
  certificate_pointer made{X509_new()};
  X509_set_version(made.get(), 2); // which is version 3
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -an_hour);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), an_hour);
  X509_set_pubkey(made.get(), key.get());
  auto* name = X509_get_subject_name(made.get());
  const std::string title = "a gateway of a test";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(title.data()),
                             static_cast<int>(title.size()), -1, 0);
  X509_set_issuer_name(made.get(), name);
  add_extension(made.get(), NID_subject_alt_name, "IP:" + address);
  add_extension(made.get(), NID_basic_constraints, "critical,CA:TRUE");
  if (!key || X509_sign(made.get(), key.get(), EVP_sha256()) == 0)
    throw std::runtime_error{"no certificate"};
  return {pem_of([&](BIO* out) { return PEM_write_bio_X509(out, made.get()); }),
          pem_of([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

} // namespace xylem::testing
