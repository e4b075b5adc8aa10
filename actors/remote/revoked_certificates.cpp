#include "actors/remote/revoked_certificates.hpp"

#include "actors/remote/pem_file.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace xylem {

namespace {

bool is_signed(X509_CRL* list, const std::vector<openssl::certificate>& authorities) {
  auto signed_by_one = std::ranges::any_of(authorities, [&](const auto& authority) {
    return X509_CRL_verify(list, X509_get0_pubkey(authority.get())) == 1;
  });
  ERR_clear_error();
  return signed_by_one;
}

/// The file may hold several lists, of several authorities. Throws std::runtime_error.
std::set<std::string> serials_in(const std::string& path,
                                 const std::vector<openssl::certificate>& authorities) {
  std::set<std::string> out;
  auto pem = read_pem_file(path);
  auto from = openssl::reading(pem);
  auto lists = 0;
  for (;; ++lists) {
    openssl::revoked_list list{
        PEM_read_bio_X509_CRL(from.get(), nullptr, openssl::no_passphrase, nullptr)};
    if (!list)
      break;
    if (!is_signed(list.get(), authorities))
      throw std::runtime_error{path + " was not signed by the authority"};
    auto* entries = X509_CRL_get_REVOKED(list.get());
    for (auto i = 0; i < sk_X509_REVOKED_num(entries); ++i)
      out.insert(serial_text(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, i))));
  }
  auto at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end || lists == 0)
    throw std::runtime_error{path + " is no list of revoked certificates in PEM"};
  return out;
}

} // namespace

bool revoked_certificates::refresh(const std::vector<openssl::certificate>& authorities) {
  std::error_code error;
  auto version = version_of(path_, error);
  if (error)
    return fail(path_ + ": " + error.message());
  if (!version) {
    is_known_ = true;
    problem_ = version_ ? path_ + " is gone: who was in it stays revoked for now" : "";
    return false;
  }
  if (version == version_ && is_known_)
    return false;
  try {
    auto read = serials_in(path_, authorities);
    version_ = version;
    is_known_ = true;
    problem_.clear();
    return std::exchange(serials_, read) != read;
  } catch (const std::runtime_error& why) {
    return fail(why.what());
  }
}

bool revoked_certificates::fail(std::string why) {
  is_known_ = false;
  problem_ = std::move(why);
  return false;
}

} // namespace xylem
