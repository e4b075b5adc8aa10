#include "app/client/event_feed.hpp"

#include "app/client/json_view.hpp"
#include "command_fixture.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;
using client::error_kind;
using client::event_feed;

namespace {

std::string one_event(int seq, const std::string& kind = "message") {
  return R"({"epoch":7,"seq":)" + std::to_string(seq) + R"(,"kind":")" + kind + "\"}";
}

/// Events, and the cursor behind what was sent.
std::string told(const std::vector<std::string>& events, int seq) {
  std::string list;
  for (const auto& one : events)
    list += (list.empty() ? "" : ",") + one;
  return R"({"type":"events","cursor":{"epoch":7,"seq":)" + std::to_string(seq) + R"(},"events":[)"
         + list + "]}";
}

web_script feed_of(std::vector<std::string> messages, web_ending end = web_ending::gateway_closes) {
  web_script made;
  made.feed = web_feed{std::move(messages)};
  made.end = end;
  return made;
}

event_feed open(const fake_web_gateway& gateway, const client::feed_request& what = {}) {
  auto made = event_feed::open({gateway.url(), {}, {}, {}, 30s}, what);
  REQUIRE_MESSAGE(made, made.error().text);
  return *std::move(made);
}

std::string text_of_next(event_feed& feed) {
  auto next = feed.next(30s);
  REQUIRE_MESSAGE(next, next.error().text);
  REQUIRE(*next);
  return client::to_text(**next);
}

} // namespace

TEST_CASE("a feed hands out events one by one, and knows where it stands behind each") {
  fake_web_gateway gateway{
      {feed_of({told({one_event(41), one_event(43)}, 50), told({one_event(51)}, 51)})}};
  auto feed = open(gateway);
  CHECK(feed.position() == cursor{7, 40}); // as the result of the subscription says
  CHECK(text_of_next(feed) == one_event(41));
  CHECK(feed.position() == cursor{7, 41});
  CHECK(text_of_next(feed) == one_event(43));
  CHECK(feed.position() == cursor{7, 50}); // what was in between is not wanted
  CHECK(text_of_next(feed) == one_event(51));
  auto ended = feed.next(30s);
  REQUIRE(!ended);
  CHECK(
      ended.error()
      == client::error{error_kind::closed, "the gateway closed the connection: the test is over"});
  CHECK(!feed.next(30s)); // and stays ended
}

TEST_CASE("messages that are no events pass by, but their cursors count") {
  fake_web_gateway gateway{
      {feed_of({R"({"type":"command","id":1,"command":{}})", R"({"type":"new"})", told({}, 60)},
               web_ending::client_closes)}};
  auto feed = open(gateway);
  auto silence = feed.next(20ms);
  REQUIRE(silence);
  CHECK(!*silence);
  while (feed.position() != cursor{7, 60})
    REQUIRE(feed.next(20ms));
}

TEST_CASE("a gap does not move the place to go on at, unless it was the last") {
  fake_web_gateway gateway{{feed_of({told({one_event(99, "gap"), one_event(98)}, 98)})}};
  auto feed = open(gateway);
  CHECK(text_of_next(feed) == one_event(99, "gap"));
  CHECK(feed.position() == cursor{7, 40});
  CHECK(text_of_next(feed) == one_event(98));
  CHECK(feed.position() == cursor{7, 98});
}

TEST_CASE("a feed ends with an error at what no gateway sends") {
  for (auto message :
       {"", "[]", "{", R"({"type":"events"})", R"({"type":"events","events":[1]})"}) {
    CAPTURE(message);
    fake_web_gateway gateway{{feed_of({message})}};
    auto feed = open(gateway);
    auto next = feed.next(30s);
    REQUIRE(!next);
    CHECK(next.error().kind == error_kind::protocol);
  }
}

TEST_CASE("a connection that breaks is told as closed") {
  fake_web_gateway gateway{{feed_of({told({one_event(41)}, 41)}, web_ending::breaks)}};
  auto feed = open(gateway);
  CHECK(text_of_next(feed) == one_event(41));
  auto next = feed.next(30s);
  REQUIRE(!next);
  CHECK(next.error().kind == error_kind::closed);
}

TEST_CASE("a handshake that is declined carries the problem") {
  web_script refusing;
  refusing.exchanges = {{"GET /ws", problem_json("token-required", "send a token"), 401}};
  fake_web_gateway gateway{{refusing}};
  auto made = event_feed::open({gateway.url(), "xyl_mine", {}, {}, 30s}, {});
  REQUIRE(!made);
  CHECK(made.error() == client::error{error_kind::failure_reply, "send a token", "token-required"});
  CHECK(gateway.seen().front().authorization == "Bearer xyl_mine");
}

TEST_CASE("a subscription that is not answered in time is a timeout") {
  auto silent = feed_of({}, web_ending::client_closes);
  silent.feed->result = R"({"type":"trafficLog","message":"x"})";
  fake_web_gateway gateway{{silent}};
  auto made = event_feed::open({gateway.url(), {}, {}, {}, 200ms}, {});
  REQUIRE(!made);
  CHECK(made.error().kind == error_kind::timeout);
}

TEST_CASE("a feed works over TLS") {
  temp_folder folder;
  auto identity = self_signed("127.0.0.1");
  fake_web_gateway gateway{{feed_of({told({one_event(41)}, 41)})}, identity};
  auto made = event_feed::open(
      {gateway.url(), {}, folder.write("ca.pem", identity.certificate), {}, 30s}, {});
  REQUIRE_MESSAGE(made, made.error().text);
  CHECK(text_of_next(*made) == one_event(41));
}
