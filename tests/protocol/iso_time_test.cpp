#include "protocol/iso_time.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

TEST_CASE("times are ISO 8601 in UTC with milliseconds") {
  CHECK(iso_time(wall_time{0ms}) == "1970-01-01T00:00:00.000Z");
  CHECK(iso_time(wall_time{1'769'860'800'250ms}) == "2026-01-31T12:00:00.250Z");
  CHECK(iso_time(wall_time{951'827'696'007ms}) == "2000-02-29T12:34:56.007Z"); // a leap day
  CHECK(iso_time(wall_time{253'402'300'799'999ms}) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("a time before 1970 is a time, too") {
  CHECK(iso_time(wall_time{-1ms}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("a time is read as it was written") {
  for (auto ms : {-1LL, 0LL, 951'827'696'007LL, 1'769'860'800'250LL, 253'402'300'799'999LL}) {
    wall_time time{std::chrono::milliseconds{ms}};
    CHECK(parse_iso_time(iso_time(time)) == time);
  }
}

TEST_CASE("the fraction of a second may be missing, or finer than a gateway's clock") {
  CHECK(parse_iso_time("1970-01-01T00:00:01Z") == wall_time{1s});
  CHECK(parse_iso_time("1970-01-01T00:00:01.5Z") == wall_time{1500ms});
  CHECK(parse_iso_time("1970-01-01T00:00:01.123456789Z") == wall_time{1123ms});
}

TEST_CASE("what is no time in UTC is not read") {
  for (auto text :
       {"", "Z", "1970", "1970-01-01", "1970-01-01T00:00:01", "1970-01-01T00:00:01.Z",
        "1970-01-01T00:00:01.1234567891Z", "1970-01-01T00:00:01+00:00", "1970-01-01t00:00:01z",
        "1970-02-30T00:00:01Z", "1970-13-01T00:00:01Z", "1970-00-01T00:00:01Z",
        "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z",
        "1970-1-01T00:00:01Z", "-970-01-01T00:00:01Z", "1970-01-01T00:00:01Z ", "+970-01-01T00:00"})
    CHECK_MESSAGE(!parse_iso_time(text), text);
}
