#include "protocol/json_query.hpp"
#include "node_table_fixture.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;
using subject = json_query::subject;

/// Asks a mesh named `field`.
class asking_fixture : public table_fixture {
public:
  json_answer ask(const json_query& asked, std::string& out) const {
    return json_query_engine{table, types, "field"}.answer(asked, now.wall, out);
  }

  std::string text(const json_query& asked) const {
    std::string out = "before";
    auto told = ask(asked, out);
    if (told.failed)
      FAIL(told.failed->detail);
    CHECK(out.starts_with("before")); // it appends
    return out.substr(6);
  }

  json::value value(const json_query& asked) const { return json::parse(text(asked)); }

  problem failure_of(const json_query& asked) const {
    std::string out;
    auto told = ask(asked, out);
    CHECK(out.empty());
    return told.failed.value();
  }

  std::uint64_t version(const json_query& asked) const {
    std::string out;
    return ask(asked, out).version;
  }

  /// What `seq` the readings have that the table holds of a history.
  std::vector<std::uint64_t> part(const history_query& asked) const {
    auto part = json_query_engine{table, types, "field"}.part_of(asked);
    if (part.failed)
      FAIL(part.failed->detail);
    std::vector<std::uint64_t> out;
    std::ranges::transform(part.readings, std::back_inserter(out), &reading::seq);
    return out;
  }

  /// What a member of the things in a list is, page by page until there is no next one.
  std::vector<std::vector<std::int64_t>> pages(json_query asked, std::string_view list,
                                               std::string_view member) const {
    std::vector<std::vector<std::int64_t>> out;
    for (;;) {
      std::string body;
      auto told = ask(asked, body);
      auto page = json::parse(body).as_object();
      auto& numbers = out.emplace_back();
      for (const auto& each : page.at(list).as_array())
        numbers.push_back(each.at(member).to_number<std::int64_t>());
      CHECK(page.contains("next") == told.next.has_value());
      if (!told.next)
        return out;
      CHECK(page.at("next").as_string() == std::to_string(*told.next));
      asked.cursor = told.next;
    }
  }

  data_type_registry types;
};

const node_address five{5};
const type_code gps{"GPS"};
const json_query gps_of_five{.about = subject::reading, .node = five, .code = gps};

using numbers = std::vector<std::uint64_t>;
using pages_of = std::vector<std::vector<std::int64_t>>;

} // namespace

TEST_CASE("a reading has the members of web section 1.1 in their order") {
  asking_fixture mesh;
  mesh.read(5, "GPS", "0cd3541ac9d1"); // 840532 and 1755601 in 1e-5 degrees
  mesh.pass(412ms);
  CHECK(mesh.text(gps_of_five)
        == R"({"seq":1,"time":"2023-11-14T22:13:20.000Z","node":5,"type":"GPS",)"
           R"("data":"0cd3541ac9d1","value":{"longitude":8.40532,"latitude":17.55601},)"
           R"("age":0.412,"status":"active"})");
}

TEST_CASE("a reading of a dynamic type has no value") {
  asking_fixture mesh;
  mesh.read(5, "DYN", "00ff");
  CHECK(mesh.text({.about = subject::reading, .node = five, .code = type_code{"DYN"}})
        == R"({"seq":1,"time":"2023-11-14T22:13:20.000Z","node":5,"type":"DYN","data":"00ff",)"
           R"("age":0.000,"status":"active"})");
}

TEST_CASE("a clock that was set back makes no reading younger than now") {
  asking_fixture mesh;
  mesh.read(5, "GPS", "0cd3541ac9d1");
  mesh.pass(-5s);
  CHECK(mesh.value(gps_of_five).at("age") == 0.0);
}

TEST_CASE("what is missing is told with what there is") {
  asking_fixture mesh;
  CHECK(mesh.failure_of(gps_of_five)
        == problem{problem_kind::node_not_found,
                   "node 5 of mesh \"field\" was never heard and is in no snapshot of the root"});
  for (auto about : {subject::node, subject::node_readings})
    CHECK(mesh.failure_of({.about = about, .node = five}).kind == problem_kind::node_not_found);
  mesh.snapshot(5, 0xAA);
  CHECK(mesh.failure_of(gps_of_five)
        == problem{problem_kind::type_not_found,
                   "node 5 of mesh \"field\" never sent GPS; it sent no reading at all"});
  for (auto i = 0; i < 10; ++i)
    mesh.read(5, "T" + std::to_string(i));
  CHECK(mesh.failure_of(gps_of_five).detail
        == "node 5 of mesh \"field\" never sent GPS; "
           "it sent T0, T1, T2, T3, T4, T5, T6, T7 and 2 more");
}

TEST_CASE("a reading that is older than is wanted is not told") {
  asking_fixture mesh;
  mesh.read(5, "GPS", "0cd3541ac9d1");
  mesh.pass(2500ms);
  auto asked = gps_of_five;
  asked.max_age = 2500ms;
  CHECK(mesh.value(asked).at("age") == 2.5);
  asked.max_age = 2s;
  CHECK(mesh.failure_of(asked)
        == problem{problem_kind::reading_too_old,
                   "the latest GPS of node 5 of mesh \"field\" is 2.500 s old, "
                   "max_age is 2.000 s"});
}

TEST_CASE("a node is told alone as it is in the list") {
  asking_fixture mesh;
  mesh.read(5, "GPS", "0cd3541ac9d1");
  auto alone = mesh.text({.about = subject::node, .node = five});
  CHECK(alone.starts_with(R"({"address":5,)"));
  CHECK(mesh.text({.about = subject::nodes}) == "{\"nodes\":[" + alone + "]}");
}

TEST_CASE("an empty mesh has empty lists") {
  asking_fixture mesh;
  CHECK(mesh.text({.about = subject::nodes}) == R"({"nodes":[]})");
  CHECK(mesh.text({.about = subject::readings, .code = gps}) == R"({"readings":[]})");
  CHECK(mesh.text({.about = subject::snapshot}) == R"("nodes":[])");
}

TEST_CASE("nodes come by address, in pages, and can be narrowed to a status") {
  asking_fixture mesh;
  for (auto address : std::vector<std::uint16_t>{7, 3, 65535, 1, 9})
    mesh.read(address);
  mesh.snapshot(2, 0xAA); // never heard: disconnected
  json_query asked{.about = subject::nodes, .limit = 2};
  CHECK(mesh.pages(asked, "nodes", "address") == pages_of{{1, 2}, {3, 7}, {9, 65535}});
  asked.status = node_status::active;
  CHECK(mesh.pages(asked, "nodes", "address") == pages_of{{1, 3}, {7, 9}, {65535}});
  asked.status = node_status::disconnected;
  CHECK(mesh.pages(asked, "nodes", "address") == pages_of{{2}});
  asked.cursor = 1'000'000;
  CHECK(mesh.pages(asked, "nodes", "address") == pages_of{{}});
}

TEST_CASE("the readings of a node are the latest of each type") {
  asking_fixture mesh;
  mesh.read(5, "T1.", "01");
  mesh.read(5, "T2.", "02");
  mesh.read(5, "T1.", "03");
  auto list = mesh.value({.about = subject::node_readings, .node = five}).at("readings").as_array();
  REQUIRE(list.size() == 2);
  CHECK(list[0].at("data") == "03");
  CHECK(list[1].at("data") == "02");
  CHECK(list[1].at("status") == "active");
  mesh.snapshot(6, 0xAA);
  CHECK(mesh.text({.about = subject::node_readings, .node = node_address{6}})
        == R"({"readings":[]})");
}

TEST_CASE("the readings of a mesh are those of active nodes, of whatever length") {
  asking_fixture mesh;
  mesh.read(9, "MIX", "0102");
  mesh.pass(61s);
  mesh.sweep(); // node 9 is idle
  mesh.read(5, "MIX", "01");
  mesh.read(3, "MIX", "");
  mesh.read(4, "T1.");
  mesh.read(7, "MIX", "010203");
  json_query asked{.about = subject::readings, .code = type_code{"MIX"}, .limit = 2};
  CHECK(mesh.pages(asked, "readings", "node") == pages_of{{3, 5}, {7}});
}

TEST_CASE("a part of a history is newest first, and one reading more tells that there is more") {
  asking_fixture mesh;
  for (auto i = 0; i < 5; ++i) {
    mesh.read(5, "T1.");
    mesh.read(6, "T1.");
  }
  history_query asked{.node = five, .code = type_code{"T1."}, .limit = 2};
  CHECK(mesh.part(asked) == numbers{9, 7, 5});
  asked.cursor = 7;
  CHECK(mesh.part(asked) == numbers{5, 3, 1});
  asked.cursor = 4;
  CHECK(mesh.part(asked) == numbers{3, 1});
  asked.cursor = 0;
  CHECK(mesh.part(asked).empty());
}

TEST_CASE("a part of a history begins with `from` and ends before `to`") {
  asking_fixture mesh;
  for (auto i = 0; i < 5; ++i) {
    mesh.read(5, "T1.");
    mesh.pass(1s);
  }
  history_query asked{.node = five, .code = type_code{"T1."}};
  asked.from = table_fixture::start.wall + 1s;
  CHECK(mesh.part(asked) == numbers{5, 4, 3, 2});
  asked.to = table_fixture::start.wall + 3s;
  CHECK(mesh.part(asked) == numbers{3, 2});
}

TEST_CASE("buckets are made of all that the table holds from their cursor on") {
  asking_fixture mesh;
  for (auto i = 0; i < 5; ++i) {
    mesh.read(5, "T1.");
    mesh.pass(1s);
  }
  history_query asked{.node = five, .code = type_code{"T1."}, .step = 1s, .limit = 1};
  CHECK(mesh.part(asked) == numbers{5, 4, 3, 2, 1});
  asked.cursor = static_cast<std::uint64_t>(
      (table_fixture::start.wall + 3s).time_since_epoch().count());
  CHECK(mesh.part(asked) == numbers{5, 4});
}

TEST_CASE("of a node or a type that is not known there is no part, but the reason") {
  asking_fixture mesh;
  json_query_engine engine{mesh.table, mesh.types, "field"};
  CHECK(engine.part_of({.node = five, .code = gps}).failed == mesh.failure_of(gps_of_five));
  mesh.read(5, "T1.");
  CHECK(engine.part_of({.node = five, .code = gps}).failed == mesh.failure_of(gps_of_five));
  CHECK(mesh.failure_of(gps_of_five).kind == problem_kind::type_not_found);
}

TEST_CASE("a snapshot has the nodes with their latest readings, for its caller to wrap") {
  asking_fixture mesh;
  mesh.read(5, "T1.", "01");
  mesh.read(5, "T2.", "02");
  mesh.read(6, "T1.", "03");
  auto text = mesh.text({.about = subject::snapshot, .limit = 1});
  auto page = json::parse('{' + text + '}').at("nodes").as_array();
  REQUIRE(page.size() == 1);
  CHECK(page[0].at("address") == 5);
  CHECK(page[0].at("types").as_array().size() == 2);
  CHECK(page[0].at("readings").as_array().size() == 2);
  CHECK(page[0].at("readings").as_array()[1].at("data") == "02");
  std::string out;
  CHECK(mesh.ask({.about = subject::snapshot, .limit = 1}, out).next == 5);
  CHECK_FALSE(mesh.ask({.about = subject::snapshot, .cursor = 5, .limit = 1}, out).next);
}

TEST_CASE("a snapshot can be narrowed to nodes and types") {
  asking_fixture mesh;
  for (auto address : std::vector<std::uint16_t>{5, 6, 7}) {
    mesh.read(address, "T1.", "01");
    mesh.read(address, "T2.", "02");
  }
  json_query asked{.about = subject::snapshot};
  asked.nodes = selection<node_address>{{node_address{7}, five}};
  asked.codes = selection<type_code>{{type_code{"T2."}}};
  auto page = json::parse('{' + mesh.text(asked) + '}').at("nodes").as_array();
  REQUIRE(page.size() == 2);
  CHECK(page[1].at("address") == 7);
  REQUIRE(page[1].at("readings").as_array().size() == 1);
  CHECK(page[1].at("readings").as_array()[0].at("type") == "T2.");
}

TEST_CASE("a version is the same while nothing but ages change, and another one after that") {
  asking_fixture mesh;
  mesh.read(5, "GPS", "0cd3541ac9d1");
  for (auto i = 0; i <= static_cast<int>(subject::snapshot); ++i) {
    auto about = static_cast<subject>(i);
    json_query asked{.about = about, .node = five, .code = gps};
    auto before = mesh.version(asked);
    mesh.pass(1s);
    CHECK(mesh.version(asked) == before);
    mesh.read(5, "GPS", "0cd3541ac9d1");
    CHECK(mesh.version(asked) != before);
  }
}

TEST_CASE("a version changes with the status of the node") {
  asking_fixture mesh;
  mesh.read(5, "GPS", "0cd3541ac9d1");
  auto before = mesh.version(gps_of_five);
  mesh.pass(61s);
  mesh.sweep();
  CHECK(mesh.version(gps_of_five) != before);
}
