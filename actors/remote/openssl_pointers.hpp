#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

/// Owners of what OpenSSL makes.
namespace xylem::openssl {

template <auto Free>
struct freeing {
  template <class T>
  void operator()(T* what) const noexcept {
    Free(what);
  }
};

template <class T, auto Free>
using owned = std::unique_ptr<T, freeing<Free>>;

using key = owned<EVP_PKEY, EVP_PKEY_free>;
using certificate = owned<X509, X509_free>;
using revoked_list = owned<X509_CRL, X509_CRL_free>;
using revoked_entry = owned<X509_REVOKED, X509_REVOKED_free>;
using extension = owned<X509_EXTENSION, X509_EXTENSION_free>;
using number = owned<BIGNUM, BN_free>;
using integer = owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using time = owned<ASN1_TIME, ASN1_TIME_free>;
using store = owned<X509_STORE, X509_STORE_free>;
using store_context = owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using memory = owned<BIO, BIO_free>;

/// Reads from `text`, which outlives it.
inline memory reading(std::string_view text) {
  return memory{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

/// What was written to it.
inline std::string text_of(BIO* written) {
  char* text = nullptr;
  auto size = BIO_get_mem_data(written, &text);
  return {text, static_cast<std::size_t>(size)};
}

/// A PEM text without a passphrase: one that needs it is an error, not a question on a terminal.
inline int no_passphrase(char*, int, int, void*) noexcept {
  return -1;
}

} // namespace xylem::openssl
