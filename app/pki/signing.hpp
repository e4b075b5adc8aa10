#pragma once

#include "actors/remote/openssl_pointers.hpp"
#include "protocol/time.hpp"

#include <string>

/// The steps of making certificates. Everything throws std::runtime_error.
namespace xylem::pki {

/// Throws what OpenSSL says when something of it has failed.
[[noreturn]] void throw_openssl_error();

template <class T>
T* require(T* what) {
  if (what == nullptr)
    throw_openssl_error();
  return what;
}

/// Of most functions: 1, or a length.
inline void require(int result) {
  if (result <= 0)
    throw_openssl_error();
}

/// EC P-256.
openssl::key new_key();

/// 128 random bits, and not a negative number.
openssl::integer random_serial();

/// A whole second.
openssl::time time_of(wall_time time);

void add_extension(X509* to, X509* issuer, int kind, const std::string& value);
void add_extension(X509_CRL* to, X509* issuer, int kind, const std::string& value);

/// `serial` in hex digits.
void add_entry(X509_CRL* to, const std::string& serial, wall_time revoked);

/// Its number among the lists of an authority; 0: it has none.
void add_number(X509_CRL* to, std::uint64_t number);
std::uint64_t number_of(const X509_CRL* list);

std::string pem_of(X509* what);
std::string pem_of(X509_CRL* what);
std::string pem_of(EVP_PKEY* what);

openssl::certificate read_certificate(const std::string& pem);
openssl::key read_key(const std::string& pem);
openssl::revoked_list read_list(const std::string& pem);

} // namespace xylem::pki
