#pragma once

#include "app/monitor/followed_event.hpp"

#include <map>

namespace xylem {

/// Turns what links observe into calls of callbacks, and remembers where each gateway goes on.
/// Thread of run() only.
class gateway_teller final : public monitor_observer {
public:
  using wall_clock = std::function<wall_time()>;

  /// The callbacks outlive this, and may be set until the first call.
  explicit gateway_teller(const monitor_callbacks& callbacks, wall_clock clock = now);

  void start_at(std::string gateway, cursor from);

  std::optional<cursor> starts_at(const std::string& gateway) override;
  void changed(const following_status& now) override;
  void told(const following_status& gateway, const event_page& page) override;

private:
  struct known_mesh {
    std::string path;
    data_type_registry types;
  };

  struct known_gateway {
    std::vector<remote_mesh> told; // what `meshes` were made of
    std::string name;
    std::vector<known_mesh> meshes;
  };

  static wall_time now();

  const known_gateway& know(const following_status& gateway);
  void tell_gap(const following_status& gateway, const event_page& page);
  void tell(const known_gateway& of, const event& what, std::uint64_t epoch);
  void tell(const followed_event& which);

  const monitor_callbacks& callbacks_;
  wall_clock clock_;
  std::map<std::size_t, known_gateway> gateways_;        // by their position
  std::map<std::string, cursor, std::less<>> positions_; // by their names
  const data_type_registry predefined_;
};

} // namespace xylem
