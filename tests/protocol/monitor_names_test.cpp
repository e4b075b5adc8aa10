#include "protocol/monitor_names.hpp"

#include <doctest/doctest.h>

using namespace xylem;

TEST_CASE("a node is called by 1 to 64 of a-z, 0-9, dot, underscore and hyphen") {
  for (auto name : {"a", "north", "node-7.field_2", "0", ".", "-"})
    CHECK(is_node_name(name));
  CHECK(is_node_name(std::string(64, 'x')));
  CHECK_FALSE(is_node_name(std::string(65, 'x')));
  for (auto name : {"", "North", "a b", "a/b", "ä", "a\n", "a#2", "*", "a:b"})
    CHECK_FALSE(is_node_name(name));
  CHECK_FALSE(is_node_name(std::string_view{"a\0b", 3}));
}

TEST_CASE("a mesh is called by the nodes on the way to it, and then its own name") {
  CHECK(mesh_path("north", "field") == "north/field");
  CHECK(mesh_path("office", "north/field") == "office/north/field");
  for (auto path : {"field", "north/field", "a/b/c/d"})
    CHECK(is_mesh_path(path));
  for (auto path : {"", "/", "/field", "north/", "north//field", "North/field", "a/b c"})
    CHECK_FALSE(is_mesh_path(path));
  CHECK(mesh_path("north", "") == std::nullopt);
  CHECK(mesh_path("", "field") == std::nullopt);
}

TEST_CASE("a path of 200 characters is one, a longer one is not") {
  const std::string name(64, 'x');
  auto longest = name + "/" + name + "/" + name + "/" + "12345";
  CHECK(longest.size() == monitor_limits::mesh_path);
  CHECK(is_mesh_path(longest));
  CHECK_FALSE(is_mesh_path(longest + "6"));
  CHECK(mesh_path("a", longest) == std::nullopt);
}

TEST_CASE("an id here is the id there times 256, and the position of the gateway from 1 on") {
  CHECK(id_here({0, {1}}) == command_id{257});
  CHECK(id_here({2, {10}}) == command_id{2563});
  CHECK(id_there({257}) == followed_command{0, {1}});
  CHECK(id_there({2563}) == followed_command{2, {10}});
}

TEST_CASE("every id comes back from the position that it went to") {
  constexpr auto greatest = (std::uint64_t{1} << 56) - 1; // what 8 bits more still hold
  for (std::size_t gateway = 0; gateway < monitor_limits::gateways; ++gateway)
    for (auto id : {std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256}, greatest}) {
      auto here = id_here({gateway, {id}});
      REQUIRE(here);
      CHECK(id_there(*here) == followed_command{gateway, {id}});
    }
  CHECK(id_here({254, {greatest}}) == command_id{~std::uint64_t{0}});
  CHECK(id_here({0, {greatest + 1}}) == std::nullopt);
  CHECK(id_here({monitor_limits::gateways, {1}}) == std::nullopt);
  CHECK(id_here({0, {0}}) == std::nullopt);
}

TEST_CASE("an id that no gateway's is, is none there") {
  CHECK(id_there({0}) == std::nullopt);
  CHECK(id_there({255}) == std::nullopt);
  CHECK(id_there({256}) == std::nullopt);
  CHECK(id_there({512}) == std::nullopt);
}

TEST_CASE("the second gateway of a name is refused with what to do, until the first one goes") {
  gateway_names names;
  CHECK(names.claim(0, "north") == std::nullopt);
  CHECK(names.claim(0, "north") == std::nullopt); // again, after a reconnection
  CHECK(names.claim(1, "north")
        == "another gateway is called \"north\" already: give one of them a name of its own in"
           " [[gateway]]");
  CHECK(names.name_of(1) == std::nullopt);
  names.release(0);
  CHECK(names.claim(1, "north") == std::nullopt);
  CHECK(names.name_of(1) == "north");
}

TEST_CASE("a gateway that is renamed gives its old name free") {
  gateway_names names;
  REQUIRE(!names.claim(0, "north"));
  CHECK(!names.claim(0, "south"));
  CHECK(!names.claim(1, "north"));
  CHECK(names.name_of(0) == "south");
  CHECK(names.claim(1, "No Name").has_value());
  CHECK(names.name_of(1) == std::nullopt);
}

TEST_CASE("connections of one node are numbered from the second on, up to as many as may be") {
  connection_names names{3};
  CHECK(names.take("office") == "office");
  CHECK(names.take("office") == "office#2");
  CHECK(names.take("ops") == "ops");
  CHECK(names.take("office") == "office#3");
  CHECK(names.take("office") == std::nullopt);
  names.give_back("office#2");
  CHECK(names.take("office") == "office#2");
  names.give_back("office");
  CHECK(names.take("office") == "office");
}
