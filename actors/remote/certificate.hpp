#pragma once

#include "actors/remote/openssl_pointers.hpp"
#include "protocol/monitor_access.hpp"

#include <optional>
#include <string>
#include <vector>

/// Reads certificates of monitor §1. Nothing here decides whether one is to be trusted.
namespace xylem {

/// 0 when it is none that ASN.1 could hold.
wall_time wall_time_of(const ASN1_TIME* time) noexcept;

/// Lower-case hex digits, at least two; as `xylem pki list` shows it.
std::string serial_text(const ASN1_INTEGER* serial);

/// Nothing: it has not exactly one common name, or that is no name of a node.
std::optional<std::string> node_name_of(const X509* certificate);

/// What it says; `name` is empty when it has none. Uses that it does not name it does not have.
node_identity identity_of(X509* certificate);

/// All certificates of a PEM text, or nothing when one cannot be read or there is none.
std::vector<openssl::certificate> parse_certificates(std::string_view pem);

} // namespace xylem
