#include "protocol/push_queue.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>

using namespace xylem;

namespace {

using page_ptr = std::shared_ptr<const push_page>;

page_ptr page_of(std::vector<std::string_view> pushes) {
  auto page = std::make_shared<push_page>();
  for (auto push : pushes) {
    append(page->encoded, push);
    page->ends.push_back(static_cast<std::uint32_t>(page->encoded.size()));
  }
  return page;
}

/// Everything that waits, in one piece.
std::string all_of(const push_queue& queue) {
  std::array<bytes_view, 64> pieces;
  std::string all;
  for (auto piece : std::span{pieces}.first(queue.gather(pieces)))
    all += text_of(piece);
  return all;
}

std::vector<std::string> waiting(push_queue queue) {
  std::vector<std::string> out;
  while (!queue.empty()) {
    out.emplace_back(text_of(queue.front()));
    queue.wrote(out.back().size());
  }
  return out;
}

using list = std::vector<std::string>;

} // namespace

TEST_CASE("pushes wait in their order, each of its own length") {
  push_queue queue{10, 100};
  CHECK(queue.empty());
  CHECK(queue.add(page_of({"one", "three"})) == 2);
  CHECK(queue.add(page_of({"two"})) == 1);
  CHECK(queue.size() == 3);
  CHECK(waiting(queue) == list{"one", "three", "two"});
}

TEST_CASE("pushes of one page are gathered as one piece") {
  push_queue queue{10, 100};
  queue.add(page_of({"one", "three"}));
  queue.add(page_of({"two", "four"}));
  queue.wrote(2);
  std::array<bytes_view, 4> pieces;
  REQUIRE(queue.gather(pieces) == 2);
  CHECK(text_of(pieces[0]) == "ethree");
  CHECK(text_of(pieces[1]) == "twofour");
  CHECK(queue.gather(std::span{pieces}.first(1)) == 1);
}

TEST_CASE("a page may be added from any of its pushes on") {
  push_queue queue{10, 100};
  CHECK(queue.add(page_of({"a", "b", "c"}), 1) == 3);
  CHECK(waiting(queue) == list{"b", "c"});
  CHECK(queue.add(page_of({"d"}), 1) == 1);
  CHECK(queue.size() == 2);
}

TEST_CASE("a push that was written in part goes on where it stopped") {
  push_queue queue{10, 100};
  queue.add(page_of({"hello", "world"}));
  queue.wrote(0);
  CHECK(waiting(queue) == list{"hello", "world"});
  queue.wrote(2);
  CHECK(waiting(queue) == list{"llo", "world"});
  queue.wrote(3);
  CHECK(waiting(queue) == list{"world"});
}

TEST_CASE("one write may end many pushes and begin another") {
  push_queue queue{10, 100};
  queue.add(page_of({"ab", "cd"}));
  queue.add(page_of({"ef"}));
  queue.wrote(5);
  CHECK(waiting(queue) == list{"f"});
  CHECK(queue.size() == 1);
  queue.wrote(1);
  CHECK(queue.empty());
}

TEST_CASE("the queue holds its number of pushes and not one more") {
  push_queue queue{2, 100};
  auto page = page_of({"a", "b", "c"});
  CHECK(queue.add(page) == 2);
  CHECK(queue.add(page, 2) == 2);
  CHECK(waiting(queue) == list{"a", "b"});
  queue.wrote(1);
  CHECK(queue.add(page, 2) == 3);
  CHECK(waiting(queue) == list{"b", "c"});
}

TEST_CASE("the queue holds its number of bytes and not one more") {
  push_queue queue{10, 6};
  auto page = page_of({"1234", "56", "7"});
  CHECK(queue.add(page) == 2); // exactly full
  CHECK(queue.add(page, 2) == 2);
  queue.wrote(1); // part of a push makes room, too
  CHECK(queue.add(page, 2) == 3);
  CHECK(waiting(queue) == list{"234", "56", "7"});
}

TEST_CASE("a push larger than the queue never fits") {
  push_queue queue{10, 4};
  CHECK(queue.add(page_of({"12345"})) == 0);
  CHECK(queue.empty());
  CHECK(queue.add(page_of({"1", "23456"})) == 1);
}

TEST_CASE("a page lives as long as one of its pushes waits") {
  push_queue queue{10, 100};
  std::weak_ptr<const push_page> watched;
  {
    auto page = page_of({"ab", "cd"});
    watched = page;
    queue.add(page);
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
    std::vector<std::string> texts(1 + random() % 5);
    for (auto& text : texts)
      text.assign(1 + random() % 12, static_cast<char>('a' + step % 26));
    auto added = queue.add(page_of({texts.begin(), texts.end()}));
    for (std::size_t i = 0; i < added; ++i)
      offered += texts[i];
    auto all = all_of(queue);
    REQUIRE(all.size() <= 64);
    REQUIRE(queue.size() <= 16);
    REQUIRE(waiting(queue).size() == queue.size());
    auto count = random() % (all.size() + 1);
    queue.wrote(count);
    written += all.substr(0, count);
  }
  CHECK(written + all_of(queue) == offered);
}
