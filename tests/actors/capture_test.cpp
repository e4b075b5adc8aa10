#include "actors/capture.hpp"

#include "tests/actors/actor_probes.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

struct capture_bench {
  explicit capture_bench(std::size_t max_bytes = 1 << 20) {
    settings.capture_bytes = max_bytes;
    settings.dialect = "compact";
    it = world.system.spawn(xylem::capture, &settings, &world.env);
    world.run();
  }

  void push(std::string_view data) {
    caf::anon_send(it, captured{world.clock.now(), capture_kind::from_root,
                                copy_of(view_of(data))});
    world.run();
  }

  capture_page read(capture_query asked) {
    auto page = std::make_shared<std::optional<capture_page>>();
    auto ask = [page, asked](caf::event_based_actor* self, const capture_actor& whom) {
      self->request(whom, 10s, asked)
        .then([page](capture_page& found) { *page = std::move(found); }, [](const caf::error&) {});
    };
    world.system.spawn(ask, it);
    world.run();
    REQUIRE(*page);
    return **page;
  }

  mesh_settings settings{};
  actor_fixture world{};
  capture_actor it{};
};

std::string texts(const capture_page& page) {
  std::string out;
  for (const auto& each : page.records)
    out += std::string{text_of(each.data)} + ".";
  return out;
}

} // namespace

TEST_CASE("a capture gives what it was told, in order, from any position on") {
  capture_bench bench;
  bench.push("one");
  bench.push("two");
  bench.push("three");
  CHECK(texts(bench.read({.from = 0})) == "one.two.three.");
  auto rest = bench.read({.from = 1, .max_records = 1});
  CHECK(texts(rest) == "two.");
  CHECK(rest.next == 2);
  CHECK_FALSE(rest.complete);
  CHECK(rest.records[0].when == bench.world.clock.now());
}

TEST_CASE("each page of a capture tells the dialect, and since when its positions count") {
  capture_bench bench;
  bench.world.advance(5s);
  bench.push("one");
  for (std::uint64_t from : {0, 1}) {
    auto page = bench.read({.from = from});
    CHECK(page.dialect == "compact");
    CHECK(page.since == moved_clock::start);
  }
}

TEST_CASE("the status of a capture tells how much it holds, may hold, and has overwritten") {
  auto size = captured_size({.data = bytes(3)});
  capture_bench bench{2 * size};
  for (auto text : {"one", "two", "six"})
    bench.push(text);
  auto status = status_of(bench.world, bench.it);
  CHECK(number(status, "records") == 2);
  CHECK(number(status, "bytes") == 2 * size);
  CHECK(number(status, "limit") == 2 * size);
  CHECK(number(status, "overwritten") == 1);
  CHECK(bench.read({.from = 0}).lost == 1);
}
