#include "protocol/monitor_access.hpp"

#include "protocol/iso_time.hpp"

#include <algorithm>

namespace xylem {

std::string_view to_string(access_denial why) noexcept {
  switch (why) {
  case access_denial::not_yet_valid: return "not_yet_valid";
  case access_denial::expired: return "expired";
  case access_denial::revoked: return "revoked";
  case access_denial::wrong_use: return "wrong_use";
  case access_denial::unexpected_name: return "unexpected_name";
  case access_denial::not_allowed: return "not_allowed";
  case access_denial::scope_taken: return "scope_taken";
  }
  return "unknown";
}

std::optional<access_denial> check_time(const node_identity& who, wall_time now) noexcept {
  if (now < who.not_before)
    return access_denial::not_yet_valid;
  if (now >= who.not_after + std::chrono::seconds{1})
    return access_denial::expired;
  return std::nullopt;
}

std::optional<access_scope> monitor_access::scope_of(std::string_view name) const noexcept {
  auto found = std::ranges::find(allowed_, name, &allowed_monitor::name);
  return found == allowed_.end() ? std::nullopt : std::optional{found->scope};
}

std::optional<access_denial> monitor_access::why_not(const node_identity& who, access_scope scope,
                                                     wall_time now) const noexcept {
  if (auto wrong = check_time(who, now))
    return wrong;
  if (!who.may_follow)
    return access_denial::wrong_use;
  auto given = scope_of(who.name);
  if (!given)
    return access_denial::not_allowed;
  return scope > *given ? std::optional{access_denial::scope_taken} : std::nullopt;
}

std::string explain(access_denial why, const node_identity& who, wall_time now) {
  auto certificate = "the certificate of " + who.name;
  auto here = ", and this machine takes it to be " + iso_time(now);
  switch (why) {
  case access_denial::not_yet_valid:
    return certificate + " is valid from " + iso_time(who.not_before) + " on" + here;
  case access_denial::expired:
    return certificate + " has expired at " + iso_time(who.not_after) + here;
  case access_denial::revoked: return certificate + " was revoked (serial " + who.serial + ")";
  case access_denial::wrong_use:
    return certificate + " was not issued for this side of a connection";
  case access_denial::unexpected_name: return "another node was expected than " + who.name;
  case access_denial::not_allowed: return who.name + " is not in the list of who may follow";
  case access_denial::scope_taken: return who.name + " may not do any more what it could";
  }
  return certificate + " is refused";
}

} // namespace xylem
