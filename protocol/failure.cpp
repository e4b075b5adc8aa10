#include "protocol/failure.hpp"

#include <algorithm>
#include <array>

namespace xylem {

namespace {

// In the order of the enum.
constexpr std::array<std::string_view, 10> texts{
    "Node Not Found",   "Data Type Not Found", "Mixed Data Lengths", "No Serial Connection",
    "Message Too Long", "Queue Full",          "Unknown Command",    "Timeout",
    "Too Many Clients", "Not Available",
};

static_assert(texts.size() == static_cast<std::size_t>(failure::not_available) + 1);

// Wire §4: `F | length(1) | text(length)`, ASCII.
static_assert(std::ranges::all_of(texts, [](std::string_view text) {
  return !text.empty() && text.size() <= 255
         && std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}));

} // namespace

std::string_view to_string(failure reason) noexcept {
  auto index = static_cast<std::size_t>(reason);
  return index < texts.size() ? texts[index] : texts.back();
}

} // namespace xylem
