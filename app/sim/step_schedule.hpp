#pragma once

#include "app/sim/sim_step.hpp"

#include <optional>
#include <vector>

namespace xylem {

/// Tells which step is due when. Steps of one moment come in the order they were given.
class step_schedule {
public:
  explicit step_schedule(const std::vector<sim_step>& steps);

  /// Nothing when all steps have been taken.
  std::optional<sim_time> next_due() const noexcept;

  /// The step that next_due() announced; there must be one.
  sim_step take();

private:
  struct entry {
    sim_step step;
    sim_time due;
    std::uint32_t left; // 0: without end
  };

  std::vector<entry> entries_;
};

} // namespace xylem
