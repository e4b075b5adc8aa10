// The metrics of a gateway that runs.
#include "gateway_process.hpp"
#include "raw_client.hpp"

#include "tests/protocol/metric_coverage.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

TEST_CASE("every number that a running gateway tells is in a metric") {
  one_mesh bench;
  raw_client listener{bench.gateway.port()};
  listener.ask(std::string{"[syn]\0", 6}, 6);
  bench.learn(5, {{"GPS", "123456"}});
  auto coverage = metric_coverage(bench.gateway.status().as_object());
  CHECK(coverage.shown > 100);
  CHECK(coverage.missing == "");
  CHECK(coverage.needless == "");
}
