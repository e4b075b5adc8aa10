#include "app/client/push_splitter.hpp"

#include "client_fake_gateway.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using client::push;
using client::push_splitter;
using xylem::testing::hex;

namespace {

push made(std::string type, std::uint16_t node, std::string_view payload) {
  return {std::move(type), {node}, copy_of(view_of(payload))};
}

std::vector<push> feed(push_splitter& splitter, const std::string& chunk) {
  return splitter.feed(view_of(chunk));
}

} // namespace

TEST_CASE("a message says its length, so that several in one chunk are several pushes") {
  push_splitter splitter;
  auto found = feed(splitter, "[MSG]" + hex("0005 02") + "hi[MSG]" + hex("0102 00") + "[RST]"
                                  + hex("0000") + "boot");
  CHECK(found
        == std::vector{made("[MSG]", 5, "hi"), made("[MSG]", 258, ""), made("[RST]", 0, "boot")});
}

TEST_CASE("the address of a request is little-endian unless the gateway was told otherwise") {
  push_splitter as_the_field;
  CHECK(feed(as_the_field, "[REQ]" + hex("0500") + "x") == std::vector{made("[REQ]", 5, "x")});
  push_splitter big{byte_order::big};
  CHECK(feed(big, "[REQ]" + hex("0005") + "x") == std::vector{made("[REQ]", 5, "x")});
}

TEST_CASE("a message that is split anywhere is one push") {
  auto wire = "[MSG]" + hex("0005 03") + "a[b";
  for (std::size_t first = 0; first < wire.size(); ++first) {
    push_splitter splitter;
    CHECK(feed(splitter, wire.substr(0, first)).empty());
    CHECK(feed(splitter, wire.substr(first)) == std::vector{made("[MSG]", 5, "a[b")});
  }
}

TEST_CASE("bytes that begin no push are handed out without a type, none is kept or lost") {
  push_splitter splitter;
  CHECK(feed(splitter, "[abc]" + hex("0001") + "long") == std::vector{made("[abc]", 1, "long")});
  CHECK(feed(splitter, "er") == std::vector{made("", 0, "er")});
  CHECK(feed(splitter, "[not a push") == std::vector{made("", 0, "[not a push")});
}

TEST_CASE("any flipped bit of pushes keeps less than one message back") {
  auto wire = "[MSG]" + hex("0005 02") + "hi[REQ]" + hex("0500") + "why";
  for (std::size_t bit = 0; bit < wire.size() * 8; ++bit) {
    auto broken = wire;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
    push_splitter splitter;
    auto found = feed(splitter, broken);
    // 5 + 2 + 1 + 255 bytes end whatever is still open.
    auto rest = feed(splitter, std::string(263, 'x'));
    CHECK(found.size() + rest.size() >= 1);
    CHECK(!feed(splitter, "y").empty());
  }
}
