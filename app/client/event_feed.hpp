#pragma once

#include "app/client/result.hpp"
#include "app/client/web_access.hpp"
#include "protocol/event.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace xylem::client {

/// Which events are wanted; an empty list is no condition. `nodes` narrows what is about a node,
/// `types` narrows readings; gaps come always.
struct feed_request {
  std::vector<std::string> kinds{};
  std::vector<std::string> meshes{};
  std::vector<node_address> nodes{};
  std::vector<std::string> types{};
  std::string policy = "drop_oldest"; ///< web §3.2
  std::optional<cursor> from{};       ///< go on after it; nothing: with what happens now
};

/// Follows the events of a gateway over its WebSocket (web §3). Never reconnects by itself: open
/// another one with position(), and no event is missing or comes twice. Not thread-safe.
class event_feed {
public:
  /// Connected and subscribed.
  static result<event_feed> open(const web_access& how, const feed_request& what);

  event_feed(event_feed&&) noexcept;
  event_feed& operator=(event_feed&&) noexcept;
  ~event_feed();

  /// The next event, which parse_event() reads; nothing when none came within `wait`. `closed`
  /// when the connection ended: everything before it has been handed out.
  result<std::optional<boost::json::value>> next(std::chrono::milliseconds wait);

  /// Behind the last event that next() returned.
  cursor position() const noexcept;

private:
  class session;

  explicit event_feed(std::unique_ptr<session> opened);

  std::unique_ptr<session> session_;
};

} // namespace xylem::client
