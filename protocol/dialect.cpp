#include "protocol/classic.hpp"

#include <array>

namespace xylem {

namespace {

constexpr std::array<std::string_view, 1> names{"classic"};

} // namespace

std::shared_ptr<const dialect> make_dialect(std::string_view name, dialect_options options) {
  if (name == names[0])
    return std::make_shared<classic_dialect>(options);
  return nullptr;
}

std::span<const std::string_view> dialect_names() noexcept {
  return names;
}

} // namespace xylem
