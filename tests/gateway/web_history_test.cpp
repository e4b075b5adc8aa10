// The past of a node: buckets, and what outlives a restart.
#include "gateway_process.hpp"
#include "raw_client.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <numeric>

using namespace xylem;
using namespace xylem::testing;

namespace json = boost::json;

namespace {

const std::string nodes_path = "/api/v1/meshes/default/nodes";
const std::string numbers_path = nodes_path + "/5/history/NUM";

/// A gateway that remembers 8 readings of a series and records all, on a line that outlives it.
class recorded_mesh {
public:
  recorded_mesh() { root_.plug(); }

  std::unique_ptr<gateway_process> start() {
    auto asked = root_.count(ninfo);
    std::vector<std::string> arguments{"--serial", root_.link(), "--listen", "127.0.0.1:0"};
    for (const std::string& key : {std::string{"mesh.transmit=stream"},
                                   std::string{"mesh.history_depth=8"},
                                   "state_dir=" + (folder_ / "state")})
      arguments.insert(arguments.end(), {"--set", key});
    auto made = std::make_unique<gateway_process>(folder_, std::move(arguments));
    root_.await_command(ninfo, asked + 1); // it reads what the root says
    return made;
  }

  /// The root tells the numbers from `first` to `last`, and the gateway has them.
  void tell(const gateway_process& to, unsigned first, unsigned last) {
    for (auto number = first; number <= last; ++number)
      root_.say(update(5, {{"NUM", word(number)}}));
    web_client web{place_of(to)};
    await("the last reading is there", [&] {
      auto answer = web.get(nodes_path + "/5/readings/NUM");
      return answer.status == 200 && parse(answer).at("data").as_string() == hex_of(last);
    });
  }

  static std::string hex_of(unsigned number) { return to_hex(view_of(word(number))); }

private:
  temp_folder folder_;
  pty_root root_{folder_ / "root"};
};

/// `last`, `last` - 1, … 0, as data in hex.
std::vector<std::string> down_from(unsigned last) {
  std::vector<std::string> out;
  for (auto number = last + 1; number-- > 0;)
    out.push_back(recorded_mesh::hex_of(number));
  return out;
}

std::vector<std::string> data_of(const json::array& readings) {
  std::vector<std::string> out;
  for (const auto& each : readings)
    out.emplace_back(each.at("data").as_string());
  return out;
}

std::string bytes_of(std::string_view hex) {
  return std::string{text_of(from_hex(hex).value())};
}

std::int64_t count_of(const json::array& buckets) {
  return std::accumulate(buckets.begin(), buckets.end(), std::int64_t{0},
                         [](std::int64_t sum, const json::value& bucket) {
                           return sum + bucket.at("count").to_number<std::int64_t>();
                         });
}

} // namespace

TEST_CASE("a step makes buckets of the readings, with what their fields were") {
  one_mesh mesh;
  mesh.learn(5, {{"GPS", bytes_of("0cd3541ac9d1")}, {"NUM", "ab"}});
  mesh.learn(5, {{"GPS", bytes_of("0cd3551ac9d1")}, {"END", "x"}});
  web_client web{place_of(mesh.gateway)};
  auto page = web.document(nodes_path + "/5/history/GPS?step=31536000");
  CHECK(page.at("step") == 31'536'000);
  auto buckets = page.at("buckets").as_array();
  CHECK(count_of(buckets) == 2);
  auto longitude = buckets.at(buckets.size() - 1).at("fields").at("longitude");
  CHECK(longitude.at("max") == 8.40533);
  CHECK(longitude.at("last") == 8.40533);
  CHECK(count_of(web.all(numbers_path + "?step=1&limit=1", "buckets")) == 1);
  CHECK_FALSE(web.document(numbers_path + "?step=60").at("buckets").at(0).as_object()
                  .contains("fields"));
  CHECK(web.document(numbers_path + "?step=60&from=4000000000").at("buckets").as_array().empty());
  CHECK(problem_of(web.get(numbers_path + "?step=0")) == "bad-request");
  CHECK(problem_of(web.get(nodes_path + "/6/history/GPS?step=60")) == "node-not-found");
}

TEST_CASE("what was recorded before a restart is in the history after it, without seam or double") {
  recorded_mesh mesh;
  {
    auto gateway = mesh.start();
    mesh.tell(*gateway, 0, 29);
    web_client web{place_of(*gateway)};
    CHECK(data_of(web.all(numbers_path + "?limit=1000", "readings")) == down_from(29));
    CHECK(gateway->end(SIGTERM).code == 0);
  }
  auto gateway = mesh.start();
  web_client web{place_of(*gateway)};
  CHECK(data_of(web.all(numbers_path + "?limit=1000", "readings")) == down_from(29));
  mesh.tell(*gateway, 30, 49);
  for (auto limit : {7, 20, 49, 50, 51, 1000})
    CHECK(data_of(web.all(numbers_path + "?limit=" + std::to_string(limit), "readings"))
          == down_from(49));
  auto readings = web.all(numbers_path + "?limit=1000", "readings");
  for (std::size_t i = 1; i < readings.size(); ++i)
    CHECK(readings[i - 1].at("seq").to_number<std::uint64_t>()
          > readings[i].at("seq").to_number<std::uint64_t>());
  CHECK(count_of(web.all(numbers_path + "?step=1&limit=1", "buckets")) == 50);
  CHECK_FALSE(web.document(numbers_path).as_object().contains("complete"));
  CHECK(web.get(numbers_path).status == 200);
}

TEST_CASE("a client of the socket gets more than memory holds from the record") {
  recorded_mesh mesh;
  auto gateway = mesh.start();
  mesh.tell(*gateway, 0, 29);
  auto history = gateway->connect().history(node_address{5}, type_code{"NUM"}, 255);
  REQUIRE(history);
  REQUIRE(history->size() == 30);
  for (unsigned i = 0; i < 30; ++i)
    CHECK(to_hex((*history)[i].data) == recorded_mesh::hex_of(29 - i));
}
