#pragma once

#include "app/client/gateway_url.hpp"

#include <chrono>

namespace xylem::client {

/// Whose certificate is taken.
enum class tls_trust : std::uint8_t { verified, anybody };

/// How a gateway's HTTP port is reached.
struct web_access {
  gateway_url url;
  std::string token{};   ///< web §2; empty: none
  std::string ca_file{}; ///< PEM; empty: the authorities that the system trusts
  tls_trust trust = tls_trust::verified;
  std::chrono::milliseconds timeout{5'000}; ///< of connecting, and of each answer
};

} // namespace xylem::client
