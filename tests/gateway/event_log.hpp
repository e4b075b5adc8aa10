#pragma once

#include "gateway_process.hpp"

#include "app/client/event_feed.hpp"
#include "app/client/gateway_state.hpp"

#include <functional>

namespace xylem::testing {

/// Watches a gateway and remembers every event since.
class event_log {
public:
  using condition = std::function<bool(const client::gateway_event&)>;

  /// Of one mesh, or of all.
  explicit event_log(const gateway_process& gateway, const std::string& mesh = {});

  /// Waits for `times` events, counted from the start, that match; throws when they do not come.
  void await(const std::string& what, const condition& matches, std::size_t times = 1);

  std::size_t count(const condition& matches) const;
  const std::vector<client::gateway_event>& all() const noexcept { return events_; }

private:
  client::event_feed feed_;
  std::vector<client::gateway_event> events_;
};

/// Conditions for it.
event_log::condition is_link(std::string state);
event_log::condition is_command(unsigned node, std::string state);
event_log::condition is_kind(std::string kind);

} // namespace xylem::testing
