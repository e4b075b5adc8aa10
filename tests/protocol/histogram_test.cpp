#include "protocol/histogram.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <algorithm>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr std::array<std::chrono::nanoseconds, 3> three{1ms, 10ms, 100ms};

boost::json::value shown(const histogram& subject) {
  return boost::json::value(subject.to_json());
}

boost::json::value counts(const histogram& subject) {
  return subject.to_json().at("counts");
}

} // namespace

TEST_CASE("a histogram counts each span in the first bucket whose end it does not exceed") {
  histogram times{three};
  for (auto took : {0ns, std::chrono::nanoseconds{1ms}, 1'000'001ns, 10'000'001ns})
    times.record(took);
  CHECK(counts(times) == boost::json::value{1 + 1, 1, 1, 0});
}

TEST_CASE("what is longer than the last bound is in a bucket of its own") {
  histogram times{three};
  times.record(101ms);
  times.record(24h);
  CHECK(counts(times) == boost::json::value{0, 0, 0, 2});
}

TEST_CASE("a clock that was read out of order counts as no time, and nothing is lost") {
  histogram times{three};
  times.record(-5ms);
  CHECK(counts(times) == boost::json::value{1, 0, 0, 0});
}

TEST_CASE("a batch is recorded once, and weighs as many as it carries") {
  histogram times{three};
  times.record(2ms, 16);
  times.record(20ms, 4);
  CHECK(shown(times).at("count") == 20);
  // 16 × 0.002 s + 4 × 0.02 s
  CHECK(shown(times).at("sum").as_double() == doctest::Approx(0.112));
}

TEST_CASE("bounds and sums are told in seconds, counts of one bucket alone") {
  histogram times{three};
  times.record(5ms);
  CHECK(shown(times)
        == boost::json::parse(R"({"bounds": [1e-3, 1e-2, 1e-1], "counts": [0, 1, 0, 0],
                                  "sum": 5e-3, "count": 1})"));
}

TEST_CASE("latencies are told apart from 10 µs to 10 s, restarts from 1 ms to 100 s") {
  CHECK(latency_bounds.front() == 10us);
  CHECK(latency_bounds.back() == 10s);
  CHECK(restart_bounds.front() == 1ms);
  CHECK(restart_bounds.back() == 100s);
}

TEST_CASE("each bound is at most two and a half times the one before") {
  for (auto bounds : {latency_bounds, restart_bounds})
    for (std::size_t i = 1; i < bounds.size(); ++i) {
      CHECK(bounds[i] > bounds[i - 1]);
      CHECK(2 * bounds[i] <= 5 * bounds[i - 1]);
    }
}

TEST_CASE("a histogram with more bounds than it has room for is refused") {
  std::array<std::chrono::nanoseconds, histogram::max_bounds + 1> many{};
  CHECK_THROWS(histogram{many});
}
