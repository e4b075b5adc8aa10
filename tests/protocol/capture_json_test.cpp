#include "protocol/capture_json.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

TEST_CASE("a page of captured traffic is an object with its records, and where to go on") {
  capture_page page{.next = 9,
                    .lost = 2,
                    .complete = true,
                    .since = wall_time{1'700'000'000'000ms},
                    .dialect = "classic"};
  instant when{mono_time{5ns}, wall_time{1'700'000'001'250ms}};
  page.records = {{when, capture_kind::port_opened, copy_of(view_of("A"))},
                  {when, capture_kind::from_root, *from_hex("ff00fe")}};
  std::string out;
  append_capture_page(out, page);
  CHECK(out
        == R"({"dialect":"classic","since":"2023-11-14T22:13:20.000Z","records":[)"
           R"({"time":"2023-11-14T22:13:21.250Z","mono_ns":5,"kind":"port_opened","data":"41"},)"
           R"({"time":"2023-11-14T22:13:21.250Z","mono_ns":5,"kind":"from_root","data":"ff00fe"}],)"
           R"("next":"9","complete":true,"lost":2})");
}

TEST_CASE("a page without records is an object, too") {
  std::string out;
  append_capture_page(out, capture_page{.complete = true, .dialect = "compact"});
  CHECK(out
        == R"({"dialect":"compact","since":"1970-01-01T00:00:00.000Z","records":[],)"
           R"("next":"0","complete":true,"lost":0})");
}
