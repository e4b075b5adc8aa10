#include "protocol/turn_order.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace xylem;

namespace {

using members = std::vector<turn_order::member>;

turn_order order_of(const members& all) {
  turn_order order;
  for (auto who : all)
    order.add(who);
  return order;
}

members next(turn_order& order, std::size_t count) {
  members out;
  while (out.size() < count)
    if (auto who = order.next())
      out.push_back(*who);
    else
      break;
  return out;
}

members all_next(turn_order& order) {
  auto out = next(order, 100);
  CHECK_FALSE(order.is_wanted());
  return out;
}

} // namespace

TEST_CASE("who has come and wants no turn gets none") {
  auto order = order_of({1, 2, 3});
  CHECK_FALSE(order.is_wanted());
  CHECK_FALSE(order.next());
}

TEST_CASE("when all want a turn, each gets one, in the order in which they came") {
  auto order = order_of({3, 1, 2});
  order.all_want();
  CHECK(order.is_wanted());
  CHECK(all_next(order) == members{3, 1, 2});
}

TEST_CASE("a turn that is wanted twice is one turn") {
  auto order = order_of({1, 2});
  order.wants(2);
  order.wants(2);
  order.all_want();
  CHECK(all_next(order) == members{2, 1});
}

TEST_CASE("news amid a round lets those who had their turn wait behind those who had not") {
  auto order = order_of({1, 2, 3, 4, 5});
  order.all_want();
  CHECK(next(order, 3) == members{1, 2, 3});
  order.all_want();
  CHECK(next(order, 4) == members{4, 5, 1, 2});
  order.all_want();
  CHECK(all_next(order) == members{3, 4, 5, 1, 2});
}

TEST_CASE("who is fed faster than all can be served serves all alike") {
  auto order = order_of({1, 2, 3, 4, 5, 6, 7});
  std::vector<int> turns(8);
  for (auto news = 0; news < 700; ++news) {
    order.all_want();
    for (auto who : next(order, 3))
      ++turns[who];
  }
  for (turn_order::member who = 1; who <= 7; ++who)
    CHECK(turns[who] == 300);
}

TEST_CASE("who wants another turn at once waits for all others that want one") {
  auto order = order_of({1, 2, 3});
  order.all_want();
  CHECK(order.next() == 1);
  order.wants(1);
  CHECK(all_next(order) == members{2, 3, 1});
}

TEST_CASE("who has gone gets no turn, whether it waited or not") {
  auto order = order_of({1, 2, 3, 4});
  order.wants(2);
  order.wants(3);
  order.remove(2);
  order.remove(4);
  order.remove(9);
  order.wants(4);
  CHECK(all_next(order) == members{3});
  order.all_want();
  CHECK(all_next(order) == members{1, 3});
}

TEST_CASE("who comes during a round has its first turn with the next news") {
  auto order = order_of({1, 2});
  order.all_want();
  order.add(3);
  order.add(1);
  CHECK(all_next(order) == members{1, 2});
  order.all_want();
  CHECK(all_next(order) == members{3, 1, 2});
}
