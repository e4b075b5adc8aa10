#pragma once

#include "protocol/access.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Who may follow, and for how long (monitor §1).
namespace xylem {

/// A node that may follow this one, by the name in its certificate.
struct allowed_monitor {
  std::string name;
  access_scope scope = access_scope::read;

  bool operator==(const allowed_monitor&) const = default;
};

/// What a certificate tells of its node, once it is certain that the authority has signed it.
struct node_identity {
  std::string name;   ///< the common name
  std::string serial; ///< hex digits, of this certificate alone
  wall_time not_before{};
  wall_time not_after{};
  bool may_serve = false;  ///< serverAuth: it may have a gate
  bool may_follow = false; ///< clientAuth: it may be a monitor

  bool operator==(const node_identity&) const = default;
};

/// Why a connection is not begun, or ends.
enum class access_denial : std::uint8_t {
  not_yet_valid,
  expired,
  revoked,
  wrong_use,
  unexpected_name,
  not_allowed, ///< its name is not in the list
  scope_taken, ///< it has more than its name is given now
};

/// `not_yet_valid`, as metrics label it.
std::string_view to_string(access_denial why) noexcept;

/// Whether `now` is in the certificate's time; its last second belongs to it.
std::optional<access_denial> check_time(const node_identity& who, wall_time now) noexcept;

/// The list of names with their scopes.
class monitor_access {
public:
  monitor_access() = default;
  explicit monitor_access(std::vector<allowed_monitor> allowed) : allowed_{std::move(allowed)} {}

  /// Nothing: the name is not in the list.
  std::optional<access_scope> scope_of(std::string_view name) const noexcept;

  /// Why this node may not follow with `scope`, or must not go on to; nothing: it may.
  std::optional<access_denial> why_not(const node_identity& who, access_scope scope,
                                       wall_time now) const noexcept;

private:
  std::vector<allowed_monitor> allowed_;
};

/// A sentence for people: `the certificate of office has expired at …, and it is … here`.
std::string explain(access_denial why, const node_identity& who, wall_time now);

} // namespace xylem
