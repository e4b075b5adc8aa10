#include "protocol/push_queue.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace xylem;

namespace {

using page_ptr = std::shared_ptr<const push_page>;

page_ptr page_of(std::initializer_list<std::string_view> pushes) {
  auto page = std::make_shared<push_page>();
  for (auto push : pushes) {
    append(page->encoded, push);
    page->ends.push_back(static_cast<std::uint32_t>(page->encoded.size()));
  }
  return page;
}

std::vector<std::string> waiting(const push_queue& queue) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < queue.size(); ++i)
    out.emplace_back(text_of(queue[i]));
  return out;
}

using list = std::vector<std::string>;

} // namespace

TEST_CASE("pushes wait in their order, each of its own length") {
  push_queue queue{10, 100};
  CHECK(queue.empty());
  auto page = page_of({"one", "three", "two"});
  CHECK(queue.add(page, 0));
  CHECK(queue.add(page, 2));
  CHECK(queue.add(page, 1));
  CHECK(waiting(queue) == list{"one", "two", "three"});
}

TEST_CASE("a push that was written in part goes on where it stopped") {
  push_queue queue{10, 100};
  auto page = page_of({"hello", "world"});
  queue.add(page, 0);
  queue.add(page, 1);
  queue.wrote(0);
  CHECK(waiting(queue) == list{"hello", "world"});
  queue.wrote(2);
  CHECK(waiting(queue) == list{"llo", "world"});
  queue.wrote(3);
  CHECK(waiting(queue) == list{"world"});
}

TEST_CASE("one write may end many pushes and begin another") {
  push_queue queue{10, 100};
  auto page = page_of({"ab", "cd", "ef"});
  for (auto i : {0u, 1u, 2u})
    queue.add(page, i);
  queue.wrote(5);
  CHECK(waiting(queue) == list{"f"});
  queue.wrote(1);
  CHECK(queue.empty());
}

TEST_CASE("the queue holds its number of pushes and not one more") {
  push_queue queue{2, 100};
  auto page = page_of({"a", "b", "c"});
  CHECK(queue.add(page, 0));
  CHECK(queue.add(page, 1));
  CHECK_FALSE(queue.add(page, 2));
  CHECK(waiting(queue) == list{"a", "b"});
  queue.wrote(1);
  CHECK(queue.add(page, 2));
  CHECK(waiting(queue) == list{"b", "c"});
}

TEST_CASE("the queue holds its number of bytes and not one more") {
  push_queue queue{10, 6};
  auto page = page_of({"1234", "56", "7"});
  CHECK(queue.add(page, 0));
  CHECK(queue.add(page, 1)); // exactly full
  CHECK_FALSE(queue.add(page, 2));
  queue.wrote(1); // part of a push makes room, too
  CHECK(queue.add(page, 2));
  CHECK(waiting(queue) == list{"234", "56", "7"});
}

TEST_CASE("a push larger than the queue never fits") {
  push_queue queue{10, 4};
  CHECK_FALSE(queue.add(page_of({"12345"}), 0));
  CHECK(queue.empty());
}

TEST_CASE("a page lives as long as one of its pushes waits") {
  push_queue queue{10, 100};
  std::weak_ptr<const push_page> watched;
  {
    auto page = page_of({"ab", "cd"});
    watched = page;
    queue.add(page, 0);
    queue.add(page, 1);
  }
  queue.wrote(3);
  CHECK_FALSE(watched.expired());
  CHECK(waiting(queue) == list{"d"});
  queue.wrote(1);
  CHECK(watched.expired());
}

TEST_CASE("whatever the writes are, every byte goes out once and in order") {
  std::mt19937_64 random{9};
  push_queue queue{16, 64};
  std::string offered;
  std::string written;
  for (auto step = 0; step < 20'000; ++step) {
    std::string text(1 + random() % 12, static_cast<char>('a' + step % 26));
    if (queue.add(page_of({"skipped", text}), 1))
      offered += text;
    std::string all;
    for (const auto& push : waiting(queue))
      all += push;
    REQUIRE(all.size() <= 64);
    REQUIRE(queue.size() <= 16);
    auto count = random() % (all.size() + 1);
    queue.wrote(count);
    written += all.substr(0, count);
  }
  for (const auto& push : waiting(queue))
    written += push;
  CHECK(written == offered);
}
