#include "protocol/slot_table.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <random>

using namespace xylem;

namespace {

using table = slot_table<std::shared_ptr<int>>;

std::uint64_t put(table& to, int value) {
  auto key = to.next_key();
  to.add(std::make_shared<int>(value));
  return key;
}

} // namespace

TEST_CASE("a value is found by its key until it is removed") {
  table values;
  auto one = put(values, 1);
  auto two = put(values, 2);
  REQUIRE(values.find(one));
  CHECK(**values.find(one) == 1);
  CHECK(*values.remove(one) == 1);
  CHECK_FALSE(values.find(one));
  CHECK_FALSE(values.remove(one));
  CHECK(**values.find(two) == 2);
  CHECK(values.size() == 1);
}

TEST_CASE("the key of a value that went does not find the one that took its place") {
  table values;
  auto old = put(values, 1);
  values.remove(old);
  auto next = put(values, 2);
  CHECK(next != old);
  CHECK_FALSE(values.find(old));
  CHECK(**values.find(next) == 2);
}

TEST_CASE("keys that were never given out find nothing") {
  table values;
  CHECK_FALSE(values.find(0));
  CHECK_FALSE(values.find(~std::uint64_t{0}));
  put(values, 1);
  CHECK_FALSE(values.find(0));
  CHECK_FALSE(values.find(values.next_key()));
  values.remove(put(values, 2));
  CHECK_FALSE(values.find(0));
  CHECK_FALSE(values.remove(0));
  CHECK(values.size() == 1);
}

TEST_CASE("a person is shown the serial number of a value, from 1 on") {
  table values;
  CHECK(table::serial(put(values, 1)) == 1);
  values.remove(put(values, 2));
  CHECK(table::serial(put(values, 3)) == 3);
}

TEST_CASE("a visit may remove the value that is visited, and others") {
  table values;
  std::map<int, std::uint64_t> keys;
  for (auto i = 0; i < 10; ++i)
    keys[i] = put(values, i);
  auto seen = 0;
  values.for_each([&](const int& value) {
    ++seen;
    auto own = values.remove(keys[value]); // lives as long as the visit
    values.remove(keys[(value + 1) % 10]);
    CHECK(own);
  });
  CHECK(seen == 5);
  CHECK(values.empty());
}

TEST_CASE("it agrees with a map, whatever is added and removed") {
  std::mt19937 random{3};
  table values;
  std::map<std::uint64_t, int> model;
  for (auto step = 0; step < 20'000; ++step) {
    if (random() % 2 == 0) {
      auto key = put(values, step);
      CHECK(model.emplace(key, step).second);
    } else if (!model.empty()) {
      auto gone = std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()));
      REQUIRE(*values.remove(gone->first) == gone->second);
      model.erase(gone);
    }
  }
  REQUIRE(values.size() == model.size());
  for (auto [key, value] : model)
    CHECK(**values.find(key) == value);
}
