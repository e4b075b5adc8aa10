#pragma once

#include "app/pki/authority.hpp"
#include "app/pki/private_files.hpp"

#include <optional>

namespace xylem::pki {

enum class existing : std::uint8_t { keep, replace };

/// A certificate, and what has become of it.
struct listed_certificate {
  issued_certificate about;
  std::optional<wall_time> revoked{};

  bool operator==(const listed_certificate&) const = default;
};

/// Throws std::invalid_argument when a node cannot be called so.
void check_node(const std::string& name);

/// A folder with an authority: `ca.pem`, `ca.key`, `issued.json`, `revoked.pem` once there is one,
/// and NAME.pem, NAME.key of each node. One process at a time. Everything throws
/// std::runtime_error with a sentence; nothing has changed then, or it is done again by repeating.
class authority_folder {
public:
  /// Makes the folder and its authority; throws when it has one.
  static void create(const std::string& path, const std::string& name, wall_time now,
                     std::chrono::days lifetime);

  explicit authority_folder(const std::string& path);

  /// Writes NAME.pem and NAME.key. Throws for files that are there, unless they are to be replaced;
  /// std::invalid_argument for a name that may not be.
  issued_certificate issue(const std::string& name, certificate_use use, wall_time now,
                           std::chrono::days lifetime, existing files);

  /// Revokes all certificates of a name, or the one with a serial number; returns those that were
  /// not revoked before.
  std::vector<issued_certificate> revoke(const std::string& name_or_serial, wall_time now);

  /// All that were ever issued, in this order.
  std::vector<listed_certificate> list() const;

  /// The authority itself.
  const issued_certificate& about() const noexcept { return authority_.about(); }
  const std::string& path() const noexcept { return folder_.path(); }

private:
  std::vector<issued_certificate> issued() const;
  authority::revoked revoked() const;

  private_folder folder_;
  authority authority_;
};

} // namespace xylem::pki
