#include "app/pki/signing.hpp"

#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace xylem::pki {

namespace {

using namespace openssl;

constexpr std::size_t serial_bytes = 16;

template <class Write>
std::string written(const Write& write) {
  memory out{require(BIO_new(BIO_s_mem()))};
  require(write(out.get()));
  return text_of(out.get());
}

/// What PEM_read… has found, or a sentence.
template <class Owner, class T>
Owner found(T* read, const char* expected) {
  if (read != nullptr)
    return Owner{read};
  ERR_clear_error();
  throw std::runtime_error{expected};
}

extension extension_of(X509V3_CTX& context, int kind, const std::string& value) {
  return extension{require(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()))};
}

} // namespace

void throw_openssl_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  throw std::runtime_error{"OpenSSL: " + std::string{text.data()}};
}

key new_key() {
  return key{require(EVP_EC_gen("P-256"))};
}

integer random_serial() {
  std::array<unsigned char, serial_bytes> bytes{};
  do
    require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())));
  while ((bytes[0] & 0xF0) == 0); // so that all serials have 32 digits
  number value{require(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr))};
  return integer{require(BN_to_ASN1_INTEGER(value.get(), nullptr))};
}

openssl::time time_of(wall_time time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return openssl::time{require(ASN1_TIME_set(nullptr, seconds))};
}

void add_extension(X509* to, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  require(X509_add_ext(to, extension_of(context, kind, value).get(), -1));
}

void add_extension(X509_CRL* to, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, nullptr, nullptr, to, 0);
  require(X509_CRL_add_ext(to, extension_of(context, kind, value).get(), -1));
}

void add_entry(X509_CRL* to, const std::string& serial, wall_time revoked) {
  BIGNUM* parsed = nullptr;
  auto digits = BN_hex2bn(&parsed, serial.c_str());
  number value{parsed};
  if (!value || static_cast<std::size_t>(digits) != serial.size())
    throw std::runtime_error{"a serial number has hex digits only: " + serial};
  integer encoded{require(BN_to_ASN1_INTEGER(value.get(), nullptr))};
  revoked_entry made{require(X509_REVOKED_new())};
  require(X509_REVOKED_set_serialNumber(made.get(), encoded.get()));
  require(X509_REVOKED_set_revocationDate(made.get(), time_of(revoked).get()));
  require(X509_CRL_add0_revoked(to, made.get()));
  made.release(); // the list owns it now
}

void add_number(X509_CRL* to, std::uint64_t number) {
  integer encoded{require(ASN1_INTEGER_new())};
  require(ASN1_INTEGER_set_uint64(encoded.get(), number));
  require(X509_CRL_add1_ext_i2d(to, NID_crl_number, encoded.get(), 0, 0));
}

std::uint64_t number_of(const X509_CRL* list) {
  integer found{
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(list, NID_crl_number, nullptr, nullptr))};
  std::uint64_t value = 0;
  return found && ASN1_INTEGER_get_uint64(&value, found.get()) == 1 ? value : 0;
}

std::string pem_of(X509* what) {
  return written([&](BIO* out) { return PEM_write_bio_X509(out, what); });
}

std::string pem_of(X509_CRL* what) {
  return written([&](BIO* out) { return PEM_write_bio_X509_CRL(out, what); });
}

std::string pem_of(EVP_PKEY* what) {
  return written([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, what, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

certificate read_certificate(const std::string& pem) {
  return found<certificate>(PEM_read_bio_X509(reading(pem).get(), nullptr, no_passphrase, nullptr),
                            "not a certificate in PEM");
}

key read_key(const std::string& pem) {
  return found<key>(PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, no_passphrase, nullptr),
                    "not a private key in PEM without a passphrase");
}

revoked_list read_list(const std::string& pem) {
  return found<revoked_list>(
      PEM_read_bio_X509_CRL(reading(pem).get(), nullptr, no_passphrase, nullptr),
      "not a list of revoked certificates in PEM");
}

} // namespace xylem::pki
