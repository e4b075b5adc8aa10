#include "protocol/history.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <limits>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;
using numbers = std::vector<std::uint64_t>;
using moments = std::vector<std::int64_t>;

const type_code code{"TMP"};

wall_time at(std::chrono::milliseconds time) {
  return wall_time{1'700'000'000'000ms + time}; // 22:13:20, a multiple of 20 s
}

reading value(std::uint64_t seq, std::chrono::milliseconds time, std::string_view hex = "2a") {
  return {seq, at(time), small_bytes{from_hex(hex).value()}};
}

std::vector<reading> numbered(const numbers& seqs) {
  std::vector<reading> out;
  for (auto seq : seqs)
    out.push_back(value(seq, 0ms));
  return out;
}

numbers numbers_of(const std::vector<reading>& readings) {
  numbers out;
  std::ranges::transform(readings, std::back_inserter(out), &reading::seq);
  return out;
}

data_type_registry types_of(data_type type) {
  data_type_registry types;
  types.declare(std::move(type));
  return types;
}

const data_type one_byte{code, {{"t", number_format::unsigned_integer, 1}}};

/// Seconds after at(0) at which the buckets begin.
moments begins_of(const series_summary& sum) {
  moments out;
  for (const auto& each : sum.buckets())
    out.push_back(std::chrono::duration_cast<std::chrono::seconds>(each.begin - at(0ms)).count());
  return out;
}

std::string bytes_of(double number) {
  auto raw = std::bit_cast<std::uint64_t>(number);
  std::string hex;
  for (auto shift = 60; shift >= 0; shift -= 4)
    hex += "0123456789abcdef"[raw >> shift & 15];
  return hex;
}

std::string text_of(const history_query& asked, const series_summary& sum,
                    account told = account::whole) {
  std::string out = "before";
  append_summary(out, asked, sum, told);
  CHECK(out.starts_with("before"));
  return out.substr(6);
}

} // namespace

TEST_CASE("two accounts of a series are joined, and what both have is there once") {
  auto memory = numbered({9, 7, 6, 4});
  auto record = numbered({7, 5, 4, 2});
  CHECK(numbers_of(joined(memory, record, 10)) == numbers{9, 7, 6, 5, 4, 2});
  CHECK(numbers_of(joined(record, memory, 10)) == numbers{9, 7, 6, 5, 4, 2});
  CHECK(numbers_of(joined(memory, record, 3)) == numbers{9, 7, 6});
  CHECK(numbers_of(joined(memory, {}, 2)) == numbers{9, 7});
  CHECK(numbers_of(joined({}, record, 9)) == numbers{7, 5, 4, 2});
  CHECK(joined({}, {}, 9).empty());
  CHECK(joined(memory, record, 0).empty());
}

TEST_CASE("a reading that is in memory and in the record keeps its bytes") {
  std::vector one{value(2, 1s, "01")}, other{value(2, 1s, "01"), value(1, 0s, "02")};
  auto all = joined(one, other, 5);
  REQUIRE(all.size() == 2);
  CHECK(to_hex(all[0].data.view()) == "01");
  CHECK(to_hex(all[1].data.view()) == "02");
}

TEST_CASE("a page of readings lies below its cursor, a page of buckets begins with it") {
  history_query asked{.from = at(5s), .to = at(9s), .cursor = 7};
  auto range = range_of(asked);
  CHECK(range.before == 7);
  CHECK(range.from == at(5s));
  CHECK(range.to == at(9s));
  asked.step = 1s;
  CHECK_FALSE(range_of(asked).before);
  CHECK(range_of(asked).from == at(5s)); // 1970 is earlier
  asked.cursor = static_cast<std::uint64_t>(at(6s).time_since_epoch().count());
  CHECK(range_of(asked).from == at(6s));
  asked.from.reset();
  CHECK(range_of(asked).from == at(6s));
  asked.cursor = std::numeric_limits<std::uint64_t>::max();
  CHECK(range_of(asked).from > at(0s)); // of the year 9999, not before 1970
}

TEST_CASE("a history has the members of web section 1, and no age, which would change") {
  history_query asked{.node = node_address{5}, .code = type_code{"GPS"}, .limit = 2};
  std::vector readings{value(3, 250ms, "0cd3541ac9d1"), value(1, 0ms, "0cd3541ac9d1")};
  std::string out;
  append_history(out, asked, readings, {});
  CHECK(out
        == R"({"readings":[{"seq":3,"time":"2023-11-14T22:13:20.250Z","node":5,"type":"GPS",)"
           R"("data":"0cd3541ac9d1","value":{"longitude":8.40532,"latitude":17.55601}},)"
           R"({"seq":1,"time":"2023-11-14T22:13:20.000Z","node":5,"type":"GPS",)"
           R"("data":"0cd3541ac9d1","value":{"longitude":8.40532,"latitude":17.55601}}]})");
}

TEST_CASE("a reading more than the limit is not told, but that there are more") {
  history_query asked{.node = node_address{5}, .code = code, .limit = 2};
  std::string out;
  append_history(out, asked, numbered({9, 7, 5}), {});
  auto page = json::parse(out).as_object();
  CHECK(page.at("readings").as_array().size() == 2);
  CHECK(page.at("next") == "7");
  out.clear();
  append_history(out, asked, numbered({9, 7}), {});
  CHECK_FALSE(json::parse(out).as_object().contains("next"));
}

TEST_CASE("what is told of memory alone says so") {
  std::string out;
  append_history(out, {.code = code}, {}, {}, account::of_memory);
  CHECK(out == R"({"readings":[],"complete":false})");
  CHECK(text_of({.code = code, .step = 60s}, {nullptr, 60s, 9}, account::of_memory)
        == R"({"step":60,"buckets":[],"complete":false})");
}

TEST_CASE("a bucket has the count, and of each numeric field what it was at most and at least") {
  data_type type{code, {{"t", number_format::signed_integer, 1, 0.1},
                        {"n", number_format::unsigned_integer, 1}}};
  auto types = types_of(type);
  series_summary sum{types.find(code), 20s, 10};
  sum.add(value(1, 0s, "0a05"));      // 1.0, 5
  sum.add(value(2, 19'999ms, "ec09")); // -2.0, 9
  sum.add(value(3, 20s, "1e00"));     // 3.0, 0
  CHECK(text_of({.code = code, .step = 20s}, sum)
        == R"({"step":20,"buckets":[{"time":"2023-11-14T22:13:20.000Z","count":2,"fields":{)"
           R"("t":{"count":2,"min":-2,"max":1,"mean":-0.5,"last":-2},)"
           R"("n":{"count":2,"min":5,"max":9,"mean":7,"last":9}}},)"
           R"({"time":"2023-11-14T22:13:40.000Z","count":1,"fields":{)"
           R"("t":{"count":1,"min":3,"max":3,"mean":3,"last":3},)"
           R"("n":{"count":1,"min":0,"max":0,"mean":0,"last":0}}}]})");
}

TEST_CASE("the predefined type is summed up without a declaration") {
  data_type_registry types;
  type_code gps{"GPS"};
  series_summary sum{types.find(gps), 1h, 10};
  sum.add(value(1, 0s, "0cd3541ac9d1"));
  auto text = text_of({.code = gps, .step = 1h}, sum);
  CHECK(text.find(R"("longitude":{"count":1,"min":8.40532,"max":8.40532,"mean":8.40532,)")
        != std::string::npos);
}

TEST_CASE("readings of a type that is not declared are counted") {
  series_summary sum{nullptr, 20s, 10};
  sum.add(value(1, 0s, ""));
  sum.add(value(2, 1s, "ff"));
  CHECK(text_of({.code = code, .step = 20s}, sum)
        == R"({"step":20,"buckets":[{"time":"2023-11-14T22:13:20.000Z","count":2}]})");
}

TEST_CASE("text and what does not fit its type is counted, and is no number") {
  auto types = types_of({code, {{"name", number_format::text, 0}}});
  series_summary words{types.find(code), 20s, 10};
  words.add(value(1, 0s, "4142"));
  CHECK(text_of({.step = 20s}, words).ends_with(R"("count":1}]})"));
  series_summary sum{&one_byte, 20s, 10};
  sum.add(value(1, 0s, "01"));
  sum.add(value(2, 1s, "0102")); // of a time in which the type was another one
  CHECK(sum.buckets().front().count == 2);
  CHECK(sum.buckets().front().fields.front().count == 1);
}

TEST_CASE("numbers behind a text are none, numbers before it are") {
  auto types = types_of({code, {{"n", number_format::unsigned_integer, 1},
                                {"name", number_format::text, 0}}});
  series_summary sum{types.find(code), 20s, 10};
  sum.add(value(1, 0s, "0741"));
  REQUIRE(sum.buckets().front().fields.size() == 1);
  CHECK(sum.buckets().front().fields.front().last == 7);
}

TEST_CASE("what is no number is left out, and infinity is null") {
  auto types = types_of({code, {{"f", number_format::floating, 8}}});
  using limit = std::numeric_limits<double>;
  series_summary sum{types.find(code), 20s, 10};
  sum.add(value(1, 0s, bytes_of(limit::quiet_NaN())));
  CHECK(text_of({.step = 20s}, sum)
            .ends_with(R"("count":1,"fields":{"f":{"count":0,"min":null,"max":null,)"
                       R"("mean":null,"last":null}}}]})"));
  sum.add(value(2, 1s, bytes_of(2)));
  sum.add(value(3, 2s, bytes_of(limit::quiet_NaN())));
  CHECK(text_of({.step = 20s}, sum)
            .ends_with(R"("count":3,"fields":{"f":{"count":1,"min":2,"max":2,)"
                       R"("mean":2,"last":2}}}]})"));
  sum.add(value(4, 3s, bytes_of(limit::infinity())));
  CHECK(text_of({.step = 20s}, sum)
            .ends_with(R"("count":4,"fields":{"f":{"count":2,"min":2,"max":null,)"
                       R"("mean":null,"last":null}}}]})"));
}

TEST_CASE("steps begin at multiples of their length since 1970, before it, too") {
  series_summary sum{nullptr, 60s, 10};
  sum.add({1, wall_time{-1ms}, {}});
  sum.add({2, wall_time{0ms}, {}});
  sum.add({3, wall_time{59'999ms}, {}});
  REQUIRE(sum.buckets().size() == 2);
  CHECK(sum.buckets()[0].begin == wall_time{-60s});
  CHECK(sum.buckets()[1].begin == wall_time{0s});
  CHECK(sum.buckets()[1].count == 2);
}

TEST_CASE("a step in which nothing was heard has no bucket") {
  series_summary sum{nullptr, 20s, 10};
  sum.add(value(1, 0s));
  sum.add(value(2, 60s));
  CHECK(begins_of(sum) == moments{0, 60});
}

TEST_CASE("of more buckets than are wanted the earliest are kept, and the next page is told") {
  series_summary sum{nullptr, 20s, 2};
  sum.add(value(1, 0s));
  sum.add(value(2, 20s));
  CHECK_FALSE(sum.left_out());
  sum.add(value(3, 40s));
  sum.add(value(4, 39s)); // the clock was set back: it belongs here
  CHECK(begins_of(sum) == moments{0, 20});
  CHECK(sum.buckets().back().count == 2);
  CHECK(sum.left_out() == at(40s));
  CHECK_FALSE(sum.is_full()); // the clock may be set back again
  sum.add(value(5, 2h));
  CHECK(sum.is_full());
  auto page = json::parse(text_of({.step = 20s}, sum)).as_object();
  CHECK(page.at("next").as_string() == std::to_string(at(40s).time_since_epoch().count()));
}

TEST_CASE("a clock that was set back adds to earlier buckets, and the last one may have to go") {
  series_summary sum{nullptr, 20s, 2};
  sum.add(value(1, 20s));
  sum.add(value(2, 60s));
  sum.add(value(3, 0s));
  CHECK(begins_of(sum) == moments{0, 20});
  CHECK(sum.left_out() == at(60s));
  sum.add(value(4, 40s));
  CHECK(sum.left_out() == at(40s));
  sum.add(value(5, 61s));
  CHECK(sum.left_out() == at(40s));
  CHECK(begins_of(sum) == moments{0, 20});
}

TEST_CASE("a page that is closed takes what belongs to its buckets, and no bucket more") {
  series_summary sum{nullptr, 20s, 100};
  sum.add(value(1, 0s));
  sum.close();
  sum.add(value(2, 1s));
  sum.add(value(3, 20s));
  CHECK(begins_of(sum) == moments{0});
  CHECK(sum.buckets().front().count == 2);
  CHECK(sum.left_out() == at(20s));
}
