#include "actors/remote/remote_end.hpp"

#include <array>

namespace xylem {

namespace {

// In the order of the enum.
constexpr std::array<std::string_view, 12> names{
    "closed by us", "closed by the peer", "stream failed", "violation",
    "refused",      "output full",        "no handshake",  "silent",
    "facade ended", "no such facade",     "replaced",      "sent too much",
};

static_assert(names.size() == static_cast<std::size_t>(remote_end_kind::too_much) + 1);
static_assert(!names.back().empty());

} // namespace

std::string_view to_string(remote_end_kind kind) noexcept {
  auto index = static_cast<std::size_t>(kind);
  return index < names.size() ? names[index] : "unknown end";
}

std::string describe(const remote_end& end) {
  std::string out{to_string(end.kind)};
  if (end.violation)
    out.append(": ").append(to_string(*end.violation));
  if (!end.text.empty())
    out.append(": ").append(end.text);
  return out;
}

} // namespace xylem
