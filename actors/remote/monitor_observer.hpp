#pragma once

#include "protocol/monitor_messages.hpp"

namespace xylem {

/// How it stands with a gateway that is followed.
enum class following_state : std::uint8_t {
  connecting, ///< or waiting for the next attempt
  following,
  refused,    ///< by either side; tried again each minute
};

std::string_view to_string(following_state state) noexcept;

struct following_status {
  std::size_t gateway = 0; ///< its position
  std::string name{};      ///< as configured or certified, else where it is
  following_state state = following_state::connecting;
  std::string reason{}; ///< why it is not followed
  std::vector<remote_mesh> meshes{}; ///< by their mesh_index there
};

/// Who sees all that gateways tell, before it goes anywhere else. I/O thread only. What told() throws
/// ends the connection to the gateway; at the next one starts_at() says again where to go on.
class monitor_observer {
public:
  virtual ~monitor_observer() = default;

  /// Where to go on with this gateway; nothing: with what is new.
  virtual std::optional<cursor> starts_at(const std::string& gateway) = 0;
  virtual void changed(const following_status& now) = 0;

  /// Events in the gateway's own terms. Who has handled them goes on from `page.reached`.
  virtual void told(const following_status& gateway, const event_page& page) = 0;
};

} // namespace xylem
