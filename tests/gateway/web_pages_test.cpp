// Lists by pages, and parts of a history.
#include "gateway_process.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace json = boost::json;

namespace {

const std::string mesh_path = "/api/v1/meshes/default";
const std::string nodes_path = mesh_path + "/nodes";

std::vector<std::int64_t> numbers(const json::array& items, const std::string& member) {
  std::vector<std::int64_t> out;
  for (const auto& item : items)
    out.push_back(item.at(member).to_number<std::int64_t>());
  return out;
}

} // namespace

TEST_CASE("pages of nodes, and of their latest readings, tell each node exactly once, by address") {
  one_mesh mesh;
  std::vector<std::int64_t> wanted;
  for (unsigned node = 1; node <= 57; ++node) {
    mesh.root.say(update(node * 7, {{"ONE", byte(node)}}));
    wanted.push_back(node * 7);
  }
  mesh.learn(400, {{"TWO", "2"}});
  web_client web{place_of(mesh.gateway)};
  for (auto limit : {1, 7, 56, 57, 58, 1000}) {
    INFO(limit);
    auto query = "?limit=" + std::to_string(limit);
    CHECK(numbers(web.all(mesh_path + "/readings/ONE" + query, "readings"), "node") == wanted);
    auto nodes = numbers(web.all(nodes_path + query, "nodes"), "address");
    REQUIRE(nodes.size() == wanted.size() + 1);
    CHECK(nodes.back() == 400);
    nodes.pop_back();
    CHECK(nodes == wanted);
  }
  CHECK(web.document(nodes_path + "?limit=7").at("nodes").as_array().size() == 7);
  CHECK(web.all(nodes_path + "?status=active", "nodes").size() == 58);
  CHECK(web.all(nodes_path + "?status=idle&limit=3", "nodes").empty());
}

TEST_CASE("pages of a history tell each reading exactly once, newest first, though new ones come") {
  one_mesh mesh{{"mesh.history_depth=1000"}};
  for (unsigned i = 0; i < 250; ++i)
    mesh.root.say(update(5, {{"NUM", word(i)}}));
  mesh.learn(5, {{"NUM", "st"}, {"END", "x"}});
  web_client web{place_of(mesh.gateway)};
  auto history = nodes_path + "/5/history/NUM";
  auto whole = web.all(history + "?limit=1000", "readings");
  REQUIRE(whole.size() == 251);
  auto page = web.document(history + "?limit=100");
  json::array walked = page.at("readings").as_array();
  mesh.learn(5, {{"NUM", "nd"}, {"END", "y"}}); // must not shift the pages
  for (auto next = page.as_object().if_contains("next"); next != nullptr;) {
    page = web.document(history + "?limit=100&cursor=" + std::string{next->as_string()});
    for (const auto& reading : page.at("readings").as_array())
      walked.push_back(reading);
    next = page.as_object().if_contains("next");
  }
  CHECK(walked == whole);
  for (auto limit : {1, 83, 126, 252})
    CHECK(web.all(history + "?limit=" + std::to_string(limit), "readings").size() == 252);
}

TEST_CASE("a history is narrowed by from, which is part of it, and to, which is not") {
  one_mesh mesh;
  web_client web{place_of(mesh.gateway)};
  auto history = nodes_path + "/5/history/NUM";
  for (unsigned i = 0; i < 3; ++i) {
    mesh.learn(5, {{"NUM", byte('0' + i)}});
    auto before = web.document(history + "?limit=1").at_pointer("/readings/0/time");
    CHECK(eventually([&] { // the next one comes at another millisecond
      mesh.learn(6, {{"NOW", "x"}});
      return web.document(nodes_path + "/6/readings/NOW").at("time") != before;
    }));
  }
  auto all = web.all(history, "readings");
  REQUIRE(all.size() == 3);
  auto middle = std::string{all[1].at("time").as_string()};
  auto from = web.all(history + "?from=" + middle, "readings");
  auto to = web.all(history + "?to=" + middle, "readings");
  CHECK(from == json::array{all[0], all[1]});
  CHECK(to == json::array(std::initializer_list<json::value_ref>{all[2]}));
  CHECK(web.all(history + "?from=0&to=4000000000.5", "readings").size() == 3);
  CHECK(web.all(history + "?from=4000000000", "readings").empty());
}
