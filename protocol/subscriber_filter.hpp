#pragma once

#include "protocol/event.hpp"

#include <initializer_list>

namespace xylem {

/// A set of event kinds.
class event_kind_set {
public:
  constexpr event_kind_set() noexcept = default;

  constexpr event_kind_set(std::initializer_list<event_kind> kinds) noexcept {
    for (auto kind : kinds)
      add(kind);
  }

  static constexpr event_kind_set all() noexcept {
    event_kind_set every;
    every.bits_ = 2 * bit(event_kind::gap) - 1; // gap is the last kind
    return every;
  }

  constexpr void add(event_kind kind) noexcept { bits_ |= bit(kind); }
  constexpr bool contains(event_kind kind) const noexcept { return (bits_ & bit(kind)) != 0; }

  /// One bit a kind, the first kind is the lowest.
  constexpr std::uint32_t bits() const noexcept { return bits_; }

  /// The reverse; nothing when a bit is no kind.
  static constexpr std::optional<event_kind_set> from_bits(std::uint32_t bits) noexcept {
    if ((bits & ~all().bits_) != 0)
      return std::nullopt;
    event_kind_set made;
    made.bits_ = bits;
    return made;
  }

  bool operator==(const event_kind_set&) const = default;

private:
  static constexpr std::uint32_t bit(event_kind kind) noexcept {
    return 1u << static_cast<unsigned>(kind);
  }

  std::uint32_t bits_ = 0;
};

/// Everything, unless it is made of values: then only these.
template <class T>
class selection {
public:
  selection() noexcept = default;

  explicit selection(std::vector<T> values) : values_{std::move(values)} {
    std::ranges::sort(*values_);
  }

  bool contains(const T& value) const noexcept {
    return !values_ || std::ranges::binary_search(*values_, value);
  }

  /// Sorted; nothing: everything is selected.
  const std::optional<std::vector<T>>& values() const noexcept { return values_; }

  bool operator==(const selection&) const = default;

private:
  std::optional<std::vector<T>> values_; // sorted
};

/// Which events a subscriber wants. `nodes` narrows what a node sends or becomes (readings,
/// messages, requests, joins, status), `codes` only readings; a gap is for whoever gets it.
struct subscriber_filter {
  event_kind_set kinds = event_kind_set::all();
  selection<mesh_index> meshes{};
  selection<node_address> nodes{};
  selection<type_code> codes{};

  bool matches(const event& what) const noexcept;

  bool operator==(const subscriber_filter&) const = default;
};

} // namespace xylem
