#include "tests/golden/scenarios.hpp"

namespace xylem::testing {

std::vector<golden> golden_scenarios() {
  using namespace scenarios;
  return {address_big(), address_little(), boot_log(),  clock_jump(),      escapes(),
          joining(),     long_idle(),      malformed(), mid_capture(),     noise(),
          other_types(), requests(),       root_reset(), snapshot_of_120(), storm(),
          two_meshes(),  unplug_and_return()};
}

} // namespace xylem::testing
