#pragma once

#include "actors/remote/openssl_pointers.hpp"
#include "protocol/monitor_access.hpp"

#include <chrono>
#include <string>
#include <vector>

/// The authority of monitor §1: makes certificates and the list of those that are revoked.
namespace xylem::pki {

enum class certificate_use : std::uint8_t {
  node,    ///< has a gate, and follows others
  monitor, ///< only follows others
};

std::string_view to_string(certificate_use use) noexcept;
std::optional<certificate_use> parse_certificate_use(std::string_view text);

inline constexpr std::chrono::days authority_lifetime{3650};
inline constexpr std::chrono::days certificate_lifetime{825};

/// Certificates begin that long before they are made: clocks of machines differ.
inline constexpr std::chrono::hours clock_slack{1};

/// Certificate and private key, both as PEM.
struct identity_files {
  std::string certificate;
  std::string key;
};

/// What is remembered of a certificate that was issued.
struct issued_certificate {
  std::string name;
  std::string serial; ///< 32 hex digits
  certificate_use use = certificate_use::node;
  wall_time not_before{};
  wall_time not_after{};

  bool operator==(const issued_certificate&) const = default;
};

struct new_identity {
  identity_files files;
  issued_certificate about;
};

/// One that was revoked; who it was issued for is in the index.
struct revocation {
  std::string serial;
  wall_time when{};

  bool operator==(const revocation&) const = default;
};

/// Signs for as long as it lives: its key is in memory. Everything throws std::runtime_error with
/// one sentence. Touches no file.
class authority {
public:
  /// A new one, as PEM: EC P-256, for certificates of nodes only.
  static identity_files create(const std::string& name, wall_time now,
                               std::chrono::days lifetime = authority_lifetime);

  explicit authority(const identity_files& files);

  /// A new key and its certificate, which does not outlive the authority. Throws
  /// std::invalid_argument for what is no name of a node.
  new_identity issue(const std::string& name, certificate_use use, wall_time now,
                     std::chrono::days lifetime = certificate_lifetime) const;

  /// A list of exactly these as PEM; it is valid as long as the authority. `number` grows.
  std::string revoke(const std::vector<revocation>& all, wall_time now, std::uint64_t number) const;

  struct revoked {
    std::vector<revocation> all{};
    std::uint64_t number = 0;
  };

  /// The inverse of revoke(); throws for a list that this authority has not signed.
  revoked read_revoked(const std::string& pem) const;

  const issued_certificate& about() const noexcept { return about_; }

private:
  openssl::certificate certificate_;
  openssl::key key_;
  issued_certificate about_;
};

} // namespace xylem::pki
