#pragma once

#include "app/commands/client_options.hpp"

#include "client_fake_gateway.hpp"
#include "fake_web_gateway.hpp"

#include <sstream>

namespace xylem::testing {

/// 2023-11-14T22:13:20Z: now, for every command of these tests.
inline constexpr wall_time test_time{std::chrono::milliseconds{1'700'000'000'000}};

/// Collects what a command writes.
struct recorded_console {
  std::ostringstream out;
  std::ostringstream err;
  console io{out, err, test_time};
};

/// What the mesh is called is told, so that nobody asks.
inline client_options options_for(const client::gateway_url& url,
                                  output_format format = output_format::text) {
  return {{url, {}, {}, {}, std::chrono::seconds{30}}, "field", format};
}

/// A gateway that is not there, as long as `nobody` lives.
inline client::gateway_url url_of(const closed_port& nobody) {
  return {client::web_scheme::http, nobody.where()};
}

} // namespace xylem::testing
