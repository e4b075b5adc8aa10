#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>

namespace xylem {

/// In which order a gate serves its monitors, a page a turn (monitor §3): who waits longest first,
/// and of those who begin to wait at once, whose last turn is longest ago. Not thread-safe.
class turn_order {
public:
  using member = std::uint64_t;

  turn_order() = default;
  turn_order(turn_order&&) = default; // a copy would point into the original

  /// It wants no turn yet.
  void add(member who);
  void remove(member who) noexcept;

  /// Does nothing if it waits for its turn already, or is not known.
  void wants(member who) noexcept;
  void all_want() noexcept;

  /// Whose turn it is; who wants another one says so. Nothing: nobody wants one.
  std::optional<member> next() noexcept;

  bool is_wanted() const noexcept { return !waiting_.empty(); }

private:
  struct place {
    std::list<member>::iterator at;
    bool waits = false;
  };

  std::list<member> waiting_; // the next one first
  std::list<member> served_;  // who wants none: the last turn that is longest ago first
  std::map<member, place> places_;
};

} // namespace xylem
