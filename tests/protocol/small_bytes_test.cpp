#include "protocol/small_bytes.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

/// `size` bytes that count up from `first`.
bytes counting(std::size_t size, unsigned first = 0) {
  bytes out(size);
  for (auto& byte : out)
    byte = static_cast<std::byte>(first++);
  return out;
}

constexpr auto inside = small_bytes::inline_capacity;

/// Sizes on both sides of the step from inline to heap.
constexpr auto sizes = {std::size_t{0}, std::size_t{1},   inside - 1,       inside,
                        inside + 1,     std::size_t{255}, std::size_t{4096}};

bool holds(const small_bytes& subject, bytes_view expected) {
  return subject.size() == expected.size() && text_of(subject.view()) == text_of(expected);
}

} // namespace

TEST_CASE("any number of bytes is held") {
  for (auto size : sizes)
    CHECK(holds(small_bytes{counting(size)}, counting(size)));
  CHECK(holds(small_bytes{}, {}));
}

TEST_CASE("up to 16 bytes cost no heap, more cost what they are") {
  CHECK(small_bytes{counting(16)}.heap_size() == 0);
  CHECK(small_bytes{counting(17)}.heap_size() == 17);
  CHECK(small_bytes{}.heap_size() == 0);
}

TEST_CASE("what is held does not change with what it was made of") {
  for (auto size : sizes) {
    auto source = counting(size);
    small_bytes subject{source};
    for (auto& byte : source)
      byte = std::byte{0xEE};
    CHECK(holds(subject, counting(size)));
  }
}

TEST_CASE("a copy is one of its own") {
  for (auto size : sizes) {
    small_bytes original{counting(size)};
    auto copy = original;
    original = small_bytes{counting(3, 100)};
    CHECK(holds(copy, counting(size)));
    CHECK(holds(original, counting(3, 100)));
  }
}

TEST_CASE("a move takes everything along and leaves nothing") {
  for (auto size : sizes) {
    small_bytes original{counting(size)};
    auto moved = std::move(original);
    CHECK(holds(moved, counting(size)));
    CHECK(holds(original, {}));
    original = small_bytes{counting(20)}; // may be used again
    CHECK(holds(original, counting(20)));
  }
}

TEST_CASE("any size may be assigned to any size") {
  for (auto before : sizes)
    for (auto after : sizes) {
      small_bytes copied{counting(before)};
      small_bytes source{counting(after, 7)};
      copied = source;
      CHECK(holds(copied, counting(after, 7)));
      small_bytes moved{counting(before)};
      moved = std::move(source);
      CHECK(holds(moved, counting(after, 7)));
    }
}

TEST_CASE("assigning something to itself changes nothing") {
  for (auto size : sizes) {
    small_bytes subject{counting(size)};
    auto& same = subject;
    subject = same;
    CHECK(holds(subject, counting(size)));
    subject = std::move(same);
    CHECK(holds(subject, counting(size)));
  }
}

TEST_CASE("a vector of them grows and keeps them") {
  std::vector<small_bytes> all;
  for (std::size_t size = 0; size < 100; ++size)
    all.emplace_back(counting(size));
  for (std::size_t size = 0; size < 100; ++size)
    REQUIRE(holds(all[size], counting(size)));
}

TEST_CASE("they are equal when their bytes are") {
  for (auto size : sizes) {
    CHECK(small_bytes{counting(size)} == small_bytes{counting(size)});
    CHECK_FALSE(small_bytes{counting(size)} == small_bytes{counting(size + 1)});
    if (size > 0) {
      auto other = counting(size);
      other.back() ^= std::byte{1};
      CHECK_FALSE(small_bytes{counting(size)} == small_bytes{other});
    }
  }
}
