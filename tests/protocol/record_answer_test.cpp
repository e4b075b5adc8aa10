#include "protocol/record_answer.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <random>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;
using numbers = std::vector<std::uint64_t>;

const wall_time start{1'700'000'000'000ms};
const problem no_node{problem_kind::node_not_found, "no node"};
const problem no_type{problem_kind::type_not_found, "no type"};

reading numbered(std::uint64_t seq) {
  return {seq, start + std::chrono::seconds{seq}, small_bytes{bytes(1, std::byte{42})}};
}

/// A record in memory, of one series.
class record_in_memory final : public recorded_series {
public:
  bool knows_node() const override { return node_known || !kept.empty(); }

  std::vector<reading> readings(const reading_range& range, std::size_t limit) const override {
    std::vector<reading> out;
    for (auto each = kept.rbegin(); each != kept.rend() && out.size() < limit; ++each)
      if (range.contains(*each))
        out.push_back(*each);
    return out;
  }

  void for_each_reading(const reading_range& range,
                        const std::function<bool(const reading&)>& visit) const override {
    for (const auto& each : kept)
      if (range.contains(each) && (++visited, !visit(each)))
        return;
  }

  std::vector<reading> kept{}; ///< oldest first
  bool node_known = false;
  mutable std::size_t visited = 0;
};

/// A node cache and a record, which have parts of what was.
struct two_accounts {
  record_answer ask(const history_query& asked) const {
    series_part part{.failed = failed};
    auto range = range_of(asked);
    for (auto each = held.rbegin(); each != held.rend(); ++each)
      if (range.contains(*each))
        part.readings.push_back(*each);
    return answer_history(asked, part, record, types);
  }

  json::object page(const history_query& asked) const {
    auto answer = ask(asked);
    if (answer.failed)
      FAIL(answer.failed->detail);
    return json::parse(answer.body).as_object();
  }

  /// All pages, one after the other.
  std::vector<json::value> all(history_query asked) const {
    std::vector<json::value> out;
    for (auto pages = 0; pages < 1000; ++pages) {
      auto body = page(asked);
      auto& list = body.at(asked.step ? "buckets" : "readings").as_array();
      CHECK(list.size() <= asked.limit);
      out.insert(out.end(), list.begin(), list.end());
      if (!body.contains("next"))
        return out;
      asked.cursor = std::stoull(std::string{body.at("next").as_string()});
    }
    FAIL("pages without an end");
    return out;
  }

  numbers all_numbers(const history_query& asked) const {
    numbers out;
    for (const auto& each : all(asked))
      out.push_back(each.at("seq").to_number<std::uint64_t>());
    return out;
  }

  std::vector<reading> held{}; ///< oldest first
  record_in_memory record{};
  std::optional<problem> failed{};
  data_type_registry types{};
};

} // namespace

TEST_CASE("the history is what is held and what is recorded, without a seam") {
  two_accounts both;
  for (std::uint64_t seq = 1; seq <= 20; ++seq) {
    if (seq <= 15)
      both.record.kept.push_back(numbered(seq));
    if (seq >= 12)
      both.held.push_back(numbered(seq));
  }
  numbers expected;
  for (std::uint64_t seq = 20; seq >= 1; --seq)
    expected.push_back(seq);
  for (auto limit : std::vector<std::uint16_t>{1, 2, 3, 7, 19, 20, 21, 1000})
    CHECK(both.all_numbers({.limit = limit}) == expected);
  CHECK(both.all_numbers({.from = start + 10s, .to = start + 13s}) == numbers{12, 11, 10});
}

TEST_CASE("pages of both accounts are the same for any two parts of a series") {
  std::minstd_rand random{7};
  for (auto round = 0; round < 200; ++round) {
    two_accounts both;
    numbers expected;
    for (std::uint64_t seq = 1; seq <= 40; ++seq) {
      auto where = random() % 4; // 0: it was never kept
      if ((where & 1) != 0)
        both.held.push_back(numbered(seq));
      if ((where & 2) != 0)
        both.record.kept.push_back(numbered(seq));
      if (where != 0)
        expected.insert(expected.begin(), seq);
    }
    history_query asked{.limit = static_cast<std::uint16_t>(1 + random() % 9)};
    CHECK(both.all_numbers(asked) == expected);
    asked.step = std::chrono::seconds{1 + random() % 7};
    std::uint64_t counted = 0;
    std::string before;
    for (const auto& bucket : both.all(asked)) {
      counted += bucket.at("count").to_number<std::uint64_t>();
      std::string time{bucket.at("time").as_string()};
      CHECK(before < time); // each step once
      before = time;
    }
    CHECK(counted == expected.size());
  }
}

TEST_CASE("what only the record knows is an answer") {
  two_accounts both{.failed = no_node};
  CHECK(both.ask({}).failed == no_node);
  both.record.node_known = true;
  CHECK(both.ask({.node = node_address{5}, .code = type_code{"GPS"}}).failed
        == problem{problem_kind::type_not_found, "node 5 is in the record, but no GPS of it"});
  both.record.kept = {numbered(3)};
  CHECK(both.all_numbers({}) == numbers{3});
  both.failed = no_type;
  CHECK(both.all_numbers({}) == numbers{3});
  CHECK(both.all_numbers({.from = start + 1h}).empty()); // known, but nothing in this time
  both.record.kept.clear();
  CHECK(both.ask({}).failed == no_type);
}

TEST_CASE("another failure of the node cache is told as it is") {
  problem restarted{problem_kind::not_available, "restarted"};
  two_accounts both{.failed = restarted};
  both.record.kept = {numbered(3)};
  CHECK(both.ask({}).failed == restarted);
}

TEST_CASE("without a record what is held is all there is, and of a silent one that is told") {
  series_part held{.readings = {numbered(2), numbered(1)}};
  auto whole = answer_history({}, held, data_type_registry{}, account::whole);
  CHECK(whole.body.ends_with(R"("data":"2a"}]})"));
  auto part = answer_history({.step = 60s}, held, data_type_registry{}, account::of_memory);
  CHECK(part.body
        == R"({"step":60,"buckets":[{"time":"2023-11-14T22:13:00.000Z","count":2}],)"
           R"("complete":false})");
  series_part none{.failed = no_node};
  CHECK(answer_history({}, none, data_type_registry{}, account::of_memory).failed == no_node);
}

TEST_CASE("a page of buckets does not read the whole past") {
  two_accounts both;
  for (std::uint64_t seq = 1; seq <= 100'000; ++seq)
    both.record.kept.push_back(numbered(seq));
  both.page({.step = 1s, .limit = 10});
  CHECK(both.record.visited < 4000); // 10 s and the hour by which a clock may be set back
}

TEST_CASE("a page of which the steps are very long ends with the bucket that was one too many") {
  two_accounts both;
  for (std::uint64_t seq = 1; seq <= 2 * readings_of_a_page; ++seq)
    both.record.kept.push_back({seq, start + std::chrono::milliseconds{20 * seq}, {}});
  auto page = both.page({.step = 1h, .limit = 1000});
  auto counted = page.at("buckets").as_array().size();
  CHECK(counted < 5); // 10,000 s of 20,000 s
  CHECK(page.contains("next"));
  std::uint64_t sum = 0;
  for (const auto& bucket : both.all({.step = 1h, .limit = 1000}))
    sum += bucket.at("count").to_number<std::uint64_t>();
  CHECK(sum == 2 * readings_of_a_page);
}
