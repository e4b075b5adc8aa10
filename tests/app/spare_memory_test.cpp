#include "app/spare_memory.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <unistd.h>

using namespace xylem;

namespace {

const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));

/// What a client needs, and a word of the record that stays: they are neighbours in the heap.
struct visit {
  std::string needed = std::string(4 * page, 'x');
  std::string stays = std::string(100, 'x');
};

} // namespace

#ifndef __SANITIZE_ADDRESS__ // it has an allocator of its own

TEST_CASE("What a crowd needed goes back to the system, though something of each visit stays") {
  constexpr std::size_t clients = 2'000;
  spare_memory memory;
  memory.look();
  std::vector<std::string> stays;
  {
    std::vector<visit> crowd(clients);
    for (auto& each : crowd)
      stays.push_back(std::move(each.stays));
  }
  CHECK(memory.look() > clients * 2 * page);
  CHECK(memory.look() == 0);
}

#endif
