#include "tests/allocation/allocations.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <thread>

using namespace xylem::testing;

namespace {

/// The compiler may leave out a pair of new and delete that nobody sees.
template <class T>
void show(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

} // namespace

TEST_CASE("What is taken from the heap is counted, by new and by aligned_alloc") {
  CHECK(allocations_of([] { show(std::make_unique<int>(1)); }) == 1);
  CHECK(allocations_of([] {
          auto memory = std::aligned_alloc(64, 64);
          show(memory);
          std::free(memory);
        })
        == 1);
}

TEST_CASE("What another thread takes from the heap is not counted") {
  std::size_t of_thread = 0;
  std::thread other{[&] { of_thread = allocations_of([] { show(std::make_unique<int>(1)); }); }};
  CHECK(allocations_of([&] { other.join(); }) == 0);
  CHECK(of_thread == 1);
}
