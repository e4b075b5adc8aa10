#include "actors/remote/certificate.hpp"

#include "protocol/monitor_names.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <ctime>

namespace xylem {

namespace {

constexpr std::size_t most_certificates = 16;

bool is_used_for(X509* certificate, std::uint32_t use) {
  auto names_uses = (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0;
  return names_uses && (X509_get_extended_key_usage(certificate) & use) != 0;
}

} // namespace

wall_time wall_time_of(const ASN1_TIME* time) noexcept {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1)
    return {};
  return wall_time{std::chrono::seconds{timegm(&parts)}};
}

std::string serial_text(const ASN1_INTEGER* serial) {
  openssl::number value{ASN1_INTEGER_to_BN(serial, nullptr)};
  openssl::owned<char, [](char* text) { OPENSSL_free(text); }> hex{value ? BN_bn2hex(value.get())
                                                                         : nullptr};
  std::string text = hex ? hex.get() : "";
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::optional<std::string> node_name_of(const X509* certificate) {
  auto* subject = X509_get_subject_name(certificate);
  auto place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (place < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, place) >= 0)
    return std::nullopt;
  auto* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place));
  std::string name{reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                   static_cast<std::size_t>(ASN1_STRING_length(value))};
  return is_node_name(name) ? std::optional{std::move(name)} : std::nullopt;
}

node_identity identity_of(X509* certificate) {
  return {node_name_of(certificate).value_or(std::string{}),
          serial_text(X509_get0_serialNumber(certificate)),
          wall_time_of(X509_get0_notBefore(certificate)),
          wall_time_of(X509_get0_notAfter(certificate)),
          is_used_for(certificate, XKU_SSL_SERVER),
          is_used_for(certificate, XKU_SSL_CLIENT)};
}

std::vector<openssl::certificate> parse_certificates(std::string_view pem) {
  std::vector<openssl::certificate> found;
  auto from = openssl::reading(pem);
  while (found.size() < most_certificates) {
    openssl::certificate one{
        PEM_read_bio_X509(from.get(), nullptr, openssl::no_passphrase, nullptr)};
    if (!one)
      break;
    found.push_back(std::move(one));
  }
  auto at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end)
    found.clear();
  return found;
}

} // namespace xylem
