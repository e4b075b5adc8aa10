#include "protocol/followed_events.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

event of_mesh(std::uint16_t mesh, event_kind kind = event_kind::reading, std::uint64_t id = 0) {
  return {.id = id, .mesh = mesh_index{mesh}, .kind = kind};
}

using instances = std::vector<instance_id>;

} // namespace

TEST_CASE("events of a gateway come by mesh, in their order, under the numbers that meshes have here") {
  const std::vector<mesh_index> here{{7}, {3}};
  auto batches = batches_of({of_mesh(0, event_kind::reading, 11), of_mesh(1),
                             of_mesh(0, event_kind::message, 12)},
                            0, here);
  REQUIRE(batches.size() == 2);
  CHECK(batches[0].mesh == mesh_index{7});
  REQUIRE(batches[0].events.size() == 2);
  CHECK(batches[0].events[0].id == 11); // numbers of readings are those of their mesh
  CHECK(batches[0].events[1].kind == event_kind::message);
  CHECK(batches[0].events[1].mesh == mesh_index{7});
  CHECK(batches[1].mesh == mesh_index{3});
}

TEST_CASE("a command gets the id that it has here") {
  const std::vector<mesh_index> here{{0}};
  auto batches = batches_of({of_mesh(0, event_kind::command, 5)}, 2, here);
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].events[0].id == 5 * 256 + 3);
}

TEST_CASE("events of a mesh that has no name yet are left out") {
  CHECK(batches_of({of_mesh(1)}, 0, std::vector<mesh_index>{{0}}).empty());
}

TEST_CASE("who serves this node itself would be followed in a circle") {
  CHECK(is_loop(instances{{4}, {9}}, {9}));
  CHECK_FALSE(is_loop(instances{{4}, {8}}, {9}));
}

TEST_CASE("a node serves itself first, and whom it follows, each once") {
  const std::vector<instances> followed{{{4}, {5}}, {{5}, {6}}};
  CHECK(served({1}, followed) == instances{{1}, {4}, {5}, {6}});
}
