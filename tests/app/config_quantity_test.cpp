#include "app/config/quantity.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace xylem;
using namespace std::chrono_literals;

TEST_CASE("a duration has a unit, or is a number of seconds") {
  CHECK(parse_milliseconds("50ms") == 50ms);
  CHECK(parse_milliseconds("10s") == 10s);
  CHECK(parse_milliseconds("3m") == 180s);
  CHECK(parse_milliseconds("2h") == 7200s);
  CHECK(parse_milliseconds("1d") == 24h);
  CHECK(parse_milliseconds("1.5s") == 1500ms);
  CHECK(parse_milliseconds("10 s") == 10s);
  CHECK(parse_milliseconds("10") == 10s);
  CHECK(parse_milliseconds("0.05") == 50ms);
  CHECK(parse_milliseconds("0") == 0ms);
}

TEST_CASE("a duration that is not a whole number of milliseconds is none") {
  CHECK_FALSE(parse_milliseconds("0.4ms"));
  CHECK_FALSE(parse_milliseconds("0.0004"));
  CHECK_FALSE(milliseconds_of_seconds(0.0004));
}

TEST_CASE("what only looks like a duration is none") {
  for (auto text :
       {"",      " ",    "s",   "-1s", "+1s",  " 1s",   "1s ",    "1 sec",  "1S", "1,5s",
        "1s2ms", "0x10", "nan", "inf", "nans", "1e400", "1e300d", "10001d", "1e", "1..2"})
    CHECK_MESSAGE(!parse_milliseconds(text), text);
  for (auto seconds : {-1.0, 1e300, std::numeric_limits<double>::quiet_NaN(),
                       std::numeric_limits<double>::infinity()})
    CHECK_FALSE(milliseconds_of_seconds(seconds));
}

TEST_CASE("a duration is shown in the largest exact unit, minutes as seconds") {
  CHECK(show_milliseconds(0ms) == "0s");
  CHECK(show_milliseconds(50ms) == "50ms");
  CHECK(show_milliseconds(1500ms) == "1500ms");
  CHECK(show_milliseconds(60s) == "60s");
  CHECK(show_milliseconds(180s) == "180s");
  CHECK(show_milliseconds(1h) == "1h");
  CHECK(show_milliseconds(48h) == "2d");
  CHECK(show_milliseconds(1h + 1s) == "3601s");
}

TEST_CASE("a size has a binary unit, or is a number of bytes") {
  CHECK(parse_size("64 MiB") == 64u * 1024 * 1024);
  CHECK(parse_size("64KiB") == 65'536u);
  CHECK(parse_size("1 GiB") == 1'073'741'824u);
  CHECK(parse_size("512 B") == 512u);
  CHECK(parse_size("512") == 512u);
  CHECK(parse_size("1.5 KiB") == 1536u);
}

TEST_CASE("what only looks like a size is none") {
  for (auto text : {"", "MiB", "64 MB", "64 mib", "64 Mi", "-1", "0.5 B", "1e30", "1 KiB ", "0x40"})
    CHECK_MESSAGE(!parse_size(text), text);
}

TEST_CASE("a size is shown in the largest exact unit") {
  CHECK(show_size(0) == "0 B");
  CHECK(show_size(1000) == "1000 B");
  CHECK(show_size(4096) == "4 KiB");
  CHECK(show_size(1025u * 1024) == "1025 KiB");
  CHECK(show_size(64u * 1024 * 1024) == "64 MiB");
}

TEST_CASE("an endpoint is a host and a port") {
  CHECK(parse_endpoint("127.0.0.1:5001") == endpoint{"127.0.0.1", 5001});
  CHECK(parse_endpoint("[::1]:5001") == endpoint{"::1", 5001});
  CHECK(parse_endpoint("gate-1.example:0") == endpoint{"gate-1.example", 0});
  for (auto text : {"", ":", ":5001", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                    "127.0.0.1:50 01", "::1:5001", "[::1]", "[::1:5001", "[localhost]:1", "a b:1",
                    "1.2.3:4", "300.0.0.1:4", "-x:1", "a:+1", "a\nb:1"})
    CHECK_MESSAGE(!parse_endpoint(text), text);
  CHECK_FALSE(parse_endpoint(std::string(254, 'a') + ":1"));
}

TEST_CASE("an endpoint is read back as it is shown") {
  for (auto text : {"127.0.0.1:5001", "[::1]:0", "localhost:65535"})
    CHECK(show_endpoint(parse_endpoint(text).value()) == text);
}

TEST_CASE("only addresses that no other machine can reach are loopback") {
  for (auto host : {"127.0.0.1", "127.255.255.254", "::1", "localhost"})
    CHECK_MESSAGE(is_loopback({host, 1}), host);
  for (auto host : {"0.0.0.0", "::", "128.0.0.1", "10.127.0.1", "::ffff:10.0.0.1", "fe80::1",
                    "localhost.example", "127.0.0.1.example"})
    CHECK_MESSAGE(!is_loopback({host, 1}), host);
}
