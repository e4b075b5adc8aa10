#include "app/commands/event_text.hpp"
#include "app/commands/watch.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

const std::string at = R"("time":"2023-11-14T22:13:20.000Z",)";
const std::string reading_of_5 =
    "{\"epoch\":7,\"seq\":41," + at
    + R"("kind":"reading","node":5,"type":"TMP","data":"00eb","value":{"celsius":23.5}})";
const std::string message_of_6 =
    "{\"epoch\":7,\"seq\":43," + at + R"("kind":"message","node":6,"type":"[M]","text":"hi"})";
const std::string gap =
    "{" + at + R"("kind":"gap","from":44,"to":46,"count":3,"reason":"overwritten"})";

/// A message of events, and the cursor behind it.
std::string told(const std::string& events, int seq) {
  return R"({"type":"events","cursor":{"epoch":7,"seq":)" + std::to_string(seq) + R"(},"events":[)"
         + events + "]}";
}

/// A connection that tells `messages` to who subscribes, and ends.
web_script telling(std::vector<std::string> messages) {
  web_script made;
  made.feed = web_feed{std::move(messages)};
  made.end = web_ending::gateway_closes;
  return made;
}

web_script refusing(const std::string& problem, unsigned status) {
  web_script made;
  made.exchanges = {{"GET /ws", problem_json(problem, "no"), status}};
  return made;
}

std::string subscription(const std::string& more) {
  return R"({"type":"subscribe","id":1,"policy":"drop_oldest","snapshot":false)" + more + "}";
}

watch_arguments arguments_for(const client::gateway_url& url) {
  watch_arguments made;
  made.client = options_for(url);
  made.when_lost = after_loss::end;
  made.first_retry = 1ms;
  made.longest_retry = 2ms;
  return made;
}

int watch(const watch_arguments& arguments, recorded_console& to) {
  std::atomic<bool> never = false;
  return run_watch(arguments, to.io, never);
}

std::string text_of_line(std::string_view json) {
  auto event = client::parse_json(json);
  REQUIRE(event);
  return event_text(client::parse_event(client::json_view{*event}));
}

/// Sets `stop` once `lines` lines were written.
class stopping_buffer : public std::stringbuf {
public:
  stopping_buffer(std::atomic<bool>& stop, int lines) : stop_{stop}, lines_{lines} {}

protected:
  int sync() override {
    if (--lines_ == 0)
      stop_ = true;
    return 0;
  }

private:
  std::atomic<bool>& stop_;
  int lines_;
};

/// Takes nothing, as a full disk.
class broken_buffer : public std::streambuf {};

} // namespace

TEST_CASE("an event is one line: when, what, who, content") {
  CHECK(text_of_line(reading_of_5)
        == "2023-11-14T22:13:20.000Z  reading         node 5  TMP  celsius=23.5");
  CHECK(text_of_line(message_of_6) == "2023-11-14T22:13:20.000Z  message         node 6  [M]  hi");
  CHECK(text_of_line(gap)
        == "2023-11-14T22:13:20.000Z  gap             3 events lost  overwritten");
  CHECK(text_of_line(R"({"mesh":"default","kind":"node_changed","node":5,"state":"idle"})")
        == "-  node_changed    node 5  idle");
  CHECK(text_of_line(R"({"mesh":"field","kind":"command","id":7,"state":"failed","text":"reset"})")
        == "-  command         field  command 7  failed  reset");
  CHECK(text_of_line(R"({"kind":"reading","node":5,"type":"RAW","data":"dead"})")
        == "-  reading         node 5  RAW  dead");
  CHECK(text_of_line(R"({"kind":"root_log","text":"\u001b[31mred"})")
        == "-  root_log        ?[31mred");
  CHECK(text_of_line("{}") == "-");
}

TEST_CASE("watch prints what happens and ends after the count") {
  fake_web_gateway gateway{{telling({told(reading_of_5, 41), told(message_of_6, 43)})}};
  auto arguments = arguments_for(gateway.url());
  arguments.count = 2;
  recorded_console to;
  CHECK(watch(arguments, to) == 0);
  CHECK(to.out.str() == text_of_line(reading_of_5) + "\n" + text_of_line(message_of_6) + "\n");
  CHECK(gateway.seen().back().body == subscription(""));
}

TEST_CASE("watch leaves the filtering to the gateway, and shows but does not count a gap") {
  fake_web_gateway gateway{{telling({told(gap + "," + message_of_6, 46)})}};
  auto arguments = arguments_for(gateway.url());
  arguments.count = 1;
  arguments.wanted.kinds = {"reading", "message"};
  arguments.wanted.meshes = {"field"};
  arguments.wanted.types = {"GPS"};
  arguments.nodes = {"7", "0x0006"};
  arguments.since = "7:40";
  recorded_console to;
  CHECK(watch(arguments, to) == 0);
  CHECK(to.out.str() == text_of_line(gap) + "\n" + text_of_line(message_of_6) + "\n");
  CHECK(gateway.seen().back().body
        == subscription(R"(,"kinds":["reading","message"],"meshes":["field"],"nodes":[7,6],)"
                        R"("types":["GPS"],"cursor":{"epoch":7,"seq":40})"));
}

TEST_CASE("watch as JSON prints one event a line, members unknown here included") {
  fake_web_gateway gateway{{telling({told(reading_of_5 + R"(,{"kind":"new","x":1})", 42)})}};
  auto arguments = arguments_for(gateway.url());
  arguments.client.format = output_format::json;
  arguments.count = 2;
  recorded_console to;
  CHECK(watch(arguments, to) == 0);
  CHECK(to.out.str() == reading_of_5 + "\n" + R"({"kind":"new","x":1})" + "\n");
}

TEST_CASE("watch says when the gateway goes away, and goes on where it was") {
  fake_web_gateway gateway{{telling({told(reading_of_5, 42)}),
                            refusing("too-many-connections", 503),
                            telling({told(message_of_6, 43)})}};
  auto arguments = arguments_for(gateway.url());
  arguments.when_lost = after_loss::reconnect;
  arguments.count = 2;
  recorded_console to;
  CHECK(watch(arguments, to) == 0);
  CHECK(to.out.str() == text_of_line(reading_of_5) + "\n" + text_of_line(message_of_6) + "\n");
  auto url = to_string(gateway.url());
  CHECK(to.err.str()
        == "the gateway on " + url
               + " went away (the gateway closed the connection: the test is over), trying again\n"
               + "the gateway on " + url + " is back; going on after event 42\n");
  CHECK(gateway.seen().back().body == subscription(R"(,"cursor":{"epoch":7,"seq":42})"));
}

TEST_CASE("watch does not try again what will not be allowed") {
  web_script revoking = telling({});
  revoking.close_code = 1008;
  fake_web_gateway gateway{
      {revoking, telling({}), refusing("token-unknown", 401), refusing("not-found", 404)}};
  auto arguments = arguments_for(gateway.url());
  arguments.when_lost = after_loss::reconnect;
  recorded_console revoked;
  CHECK(watch(arguments, revoked) == 1);
  CHECK(revoked.err.str().find("it may have been revoked") != std::string::npos);
  recorded_console refused;
  CHECK(watch(arguments, refused) == 1);
  CHECK(refused.err.str().ends_with("the gateway refused: no; it may have been revoked; the tokens "
                                    "there are: xylem token list\n"));
}

TEST_CASE("watch without reconnecting ends as unreachable when the gateway goes away") {
  fake_web_gateway gateway{{telling({told(reading_of_5, 41)})}};
  recorded_console to;
  CHECK(watch(arguments_for(gateway.url()), to) == 3);
  CHECK(to.out.str() == text_of_line(reading_of_5) + "\n");
}

TEST_CASE("watch ends well when it is told to stop, connected or between two attempts") {
  std::atomic<bool> stop = false;
  stopping_buffer first_line{stop, 1};
  std::ostream out{&first_line};
  recorded_console to;
  auto staying = telling({told(reading_of_5, 41)});
  staying.end = web_ending::client_closes;
  fake_web_gateway gateway{{staying}};
  CHECK(run_watch(arguments_for(gateway.url()), {out, to.err, test_time}, stop) == 0);
  stop = false;
  fake_web_gateway leaving{{telling({})}};
  auto arguments = arguments_for(leaving.url());
  arguments.when_lost = after_loss::reconnect;
  arguments.client.gateway.timeout = 10ms; // the script is over: nobody answers any more
  stopping_buffer went_away{stop, 1};
  std::ostream err{&went_away};
  CHECK(run_watch(arguments, {to.out, err, test_time}, stop) == 0);
}

TEST_CASE("watch ends when nobody takes its output") {
  fake_web_gateway gateway{{telling({told(reading_of_5, 41)})}};
  broken_buffer full;
  std::ostream out{&full};
  recorded_console to;
  std::atomic<bool> never = false;
  CHECK(run_watch(arguments_for(gateway.url()), {out, to.err, test_time}, never) == 1);
}

TEST_CASE("watch has an exit code for each way not to begin") {
  closed_port nobody;
  recorded_console to;
  auto arguments = arguments_for(url_of(nobody));
  arguments.when_lost = after_loss::reconnect; // a first failure is told, not repeated
  CHECK(watch(arguments, to) == 3);
  arguments.nodes = {"five"};
  CHECK(watch(arguments, to) == 2);
  arguments.nodes = {};
  for (auto since : {"7", "7:", ":7", "7:x", "-1:7", "7:1 "}) {
    arguments.since = since;
    CHECK(watch(arguments, to) == 2);
  }
  web_script refused = telling({});
  refused.feed->result = R"({"type":"result","id":1,"ok":false,"error":)"
                         + problem_json("bad-request", "no kind is called x") + "}";
  fake_web_gateway gateway{
      {refused, telling({"not json"}), telling({R"({"type":"events","events":[7]})"})}};
  CHECK(watch(arguments_for(gateway.url()), to) == 1);
  CHECK(to.err.str().ends_with("the gateway refused: no kind is called x\n"));
  CHECK(watch(arguments_for(gateway.url()), to) == 1);
  CHECK(watch(arguments_for(gateway.url()), to) == 1);
}
