#pragma once

#include "tests/golden/capture_script.hpp"

/// One function a capture: what goes over the line, and what wire §1 and §2 make of it.
namespace xylem::testing::scenarios {

golden joining();
golden snapshot_of_120();
golden root_reset();
golden long_idle();
golden two_meshes();
golden clock_jump();
golden storm();

golden noise();
golden boot_log();
golden unplug_and_return();
golden mid_capture();

golden escapes();
golden requests();
golden malformed();
golden other_types();
golden address_little();
golden address_big();

} // namespace xylem::testing::scenarios
