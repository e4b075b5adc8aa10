#pragma once

#include "protocol/monitor_messages.hpp"

#include <unordered_map>

namespace xylem {

/// Events of somebody else on their way into a page (monitor §3), in order: as many as its bounds
/// and the credit allow. Of `latest`, when there is no more room, of a node's data type only the
/// newest reading stays.
class page_room {
public:
  page_room(subscriber_policy policy, std::uint32_t credit) noexcept;

  /// False: it has no room.
  bool add(const event& what);

  /// From here on only the newest readings stay, if the policy says so.
  void coalesce();

  std::size_t size() const noexcept { return size_; }
  std::uint64_t coalesced() const noexcept { return coalesced_; }

  /// Copies of them.
  std::vector<event> events() const;

private:
  bool fits(const event& what) const noexcept;
  void supersede(const event& by);

  subscriber_policy policy_;
  std::size_t most_;
  bool coalesces_ = false;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t coalesced_ = 0;
  std::vector<const event*> events_; // null: superseded
  std::unordered_map<std::uint64_t, std::size_t> places_; // of readings, while it coalesces
};

} // namespace xylem
