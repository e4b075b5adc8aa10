#pragma once

#include "app/commands/client_options.hpp"

#include "client_fake_gateway.hpp"

#include <sstream>

namespace xylem::testing {

/// 2023-11-14T22:13:20Z, 0x18bcfe56800 ms: now, for every command of these tests.
inline constexpr wall_time test_time{std::chrono::milliseconds{1'700'000'000'000}};

/// Collects what a command writes.
struct recorded_console {
  std::ostringstream out;
  std::ostringstream err;
  console io{out, err, test_time};
};

inline client_options options_for(const client::endpoint& where,
                                  output_format format = output_format::text) {
  return {where, std::chrono::seconds{30}, format};
}

} // namespace xylem::testing
