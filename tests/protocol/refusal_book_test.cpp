#include "protocol/refusal_book.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

} // namespace

TEST_CASE("the first refusal for a reason is told at once, with its address") {
  refusal_book book;
  CHECK(book.note("expired", "the certificate has expired", "192.0.2.7:49152", start)
        == "expired: the certificate has expired (192.0.2.7:49152)");
  CHECK(book.note("plain_text", "no TLS", "192.0.2.7:49153", start)
        == "plain_text: no TLS (192.0.2.7:49153)");
}

TEST_CASE("what comes in the minute after it is counted, and told in one line when that is over") {
  refusal_book book;
  CHECK(book.note("plain_text", "no TLS", "a:1", start));
  for (auto i = 0; i < 1000; ++i)
    CHECK_FALSE(book.note("plain_text", "no TLS", "b:" + std::to_string(i), start + 59s));
  CHECK(book.tick(start + 59s).empty());
  CHECK(book.tick(start + 60s)
        == std::vector<std::string>{"plain_text: 1000 more, the last one from b:999"});
  CHECK(book.counts().at("plain_text") == 1001);
  CHECK_FALSE(book.note("plain_text", "no TLS", "c:1", start + 61s)); // the line was one, too
  CHECK(book.tick(start + 120s)
        == std::vector<std::string>{"plain_text: 1 more, the last one from c:1"});
}

TEST_CASE("a reason that was quiet for a minute is told at once again") {
  refusal_book book;
  CHECK(book.note("expired", "it has expired", "a:1", start));
  CHECK(book.tick(start + 60s).empty());
  CHECK(book.note("expired", "it has expired", "a:2", start + 61s));
  CHECK(book.counts().at("expired") == 2);
}
