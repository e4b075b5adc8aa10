#include "protocol/basp_violation.hpp"

#include <array>

namespace xylem {

namespace {

// In the order of the enum.
constexpr std::array<std::string_view, 20> names{
    "malformed header",    "payload too long", "no handshake",      "second handshake",
    "malformed handshake", "other version",    "other application", "own node",
    "node connected",      "routed message",   "named receiver",    "unknown receiver",
    "unknown source",      "too many sources", "stream message",    "answer without request",
    "malformed message",   "unknown type",     "invalid content",   "malformed notice",
};

static_assert(names.size() == static_cast<std::size_t>(basp_violation::malformed_notice) + 1);
static_assert(!names.back().empty());

} // namespace

std::string_view to_string(basp_violation what) noexcept {
  auto index = static_cast<std::size_t>(what);
  return index < names.size() ? names[index] : "unknown violation";
}

} // namespace xylem
