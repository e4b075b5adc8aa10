#pragma once

#include "app/sim/root_codec.hpp"
#include "app/sim/sim_options.hpp"
#include "app/sim/sim_random.hpp"

namespace xylem {

/// The uuid of a node: the same for the same seed.
node_uuid make_uuid(node_address address, std::uint64_t seed);

/// One node: where it goes and what it measures. It has random numbers of its own, so its
/// readings do not depend on what other nodes do.
class simulated_node {
public:
  simulated_node(node_address address, std::uint64_t seed);

  /// Fills `data`, which has the length of `type`, with a reading.
  void measure(const sim_type& type, std::optional<double> escape_percent, sim_time now,
               std::span<std::byte> data);

private:
  void move(sim_time now);
  void fill_dynamic(std::optional<double> escape_percent, std::span<std::byte> data);

  sim_random random_;
  double longitude_, latitude_; // degrees
  double home_longitude_, home_latitude_;
  double speed_;        // degrees of latitude a second
  std::size_t heading_; // of 64, counter-clockwise from east
  sim_time moved_{};
  std::int16_t temperature_; // 0.01 °C
  std::uint8_t battery_;     // percent
};

} // namespace xylem
