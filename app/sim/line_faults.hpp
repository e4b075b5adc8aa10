#pragma once

#include "app/sim/sim_random.hpp"
#include "app/sim/sim_step.hpp"
#include "protocol/bytes.hpp"

#include <array>

namespace xylem {

/// Damages frames between the root and the wire, from its own random numbers: the traffic is the
/// same with and without faults.
class line_faults {
public:
  using counters = std::array<std::uint64_t, sim_actions>;

  explicit line_faults(std::uint64_t seed) : random_{seed} {}

  /// Takes a step that is a line fault; a later one replaces an earlier one of its action.
  void apply(const sim_step& step, sim_time now);

  /// Damages the frame that is the end of `out` from `begin` on; counts what it did.
  void damage(bytes& out, std::size_t begin, sim_time now, counters& done);

  void append_garbage(bytes& out, std::size_t size);

private:
  struct condition {
    double probability = 0;
    sim_time until{};
    std::uint32_t armed = 0; // frames that are hit whatever the probability
  };

  bool strikes(sim_action action, sim_time now, counters& done);
  void insert_before(bytes& out, std::size_t begin);
  void insert_log(bytes& out, std::size_t begin, sim_time now);

  sim_random random_;
  std::array<condition, sim_actions> faults_{};
  bool quiet_ = true; // no fault was ever applied
  bytes scratch_;
};

} // namespace xylem
