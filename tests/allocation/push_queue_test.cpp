#include "protocol/push_queue.hpp"

#include "tests/allocation/allocations.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

TEST_CASE("A push waits for a listener, and is written, without an allocation") {
  auto page = std::make_shared<push_page>();
  page->encoded.resize(13);
  page->ends = {13};
  push_queue queue{1024, 1024 * 1024};
  auto push = [&] {
    queue.add(page, 0);
    queue.wrote(13);
  };
  for (auto i = 0; i < 100; ++i)
    push();
  CHECK(allocations_of([&] {
          for (auto i = 0; i < 100; ++i)
            push();
        })
        == 0);
}
