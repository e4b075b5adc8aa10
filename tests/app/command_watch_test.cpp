#include "app/commands/event_text.hpp"
#include "app/commands/watch.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

const std::string watch_request = "[EVT]" + hex("00");

const std::string at = R"("time":"2023-11-14T22:13:20.000Z",)";
const std::string reading_of_5 =
    "{" + at + R"("kind":"reading","node":5,"type":"TMP","data":"00eb","value":{"celsius":23.5}})";
const std::string message_of_6 =
    "{" + at + R"("kind":"message","node":6,"type":"[M]","text":"hi"})";
const std::string gap = "{" + at + R"("kind":"gap","from":1,"to":3,"count":3,"reason":"too slow"})";

/// A connection that is accepted, tells `lines`, and ends.
script telling(const std::vector<std::string>& lines) {
  auto text = std::string{"S"};
  for (const auto& line : lines)
    text += line + "\n";
  return {{{watch_request, text}}, ending::gateway_closes};
}

watch_arguments arguments_for(const client::endpoint& where) {
  watch_arguments made;
  made.client = options_for(where);
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
  auto event = client::parse_event(json);
  REQUIRE(event);
  return event_text(*event);
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
  CHECK(text_of_line(gap) == "2023-11-14T22:13:20.000Z  gap             3 events lost  too slow");
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
  fake_gateway gateway{{telling({reading_of_5, message_of_6, message_of_6})}};
  auto arguments = arguments_for(gateway.where());
  arguments.count = 2;
  recorded_console to;
  CHECK(watch(arguments, to) == 0);
  CHECK(to.out.str() == text_of_line(reading_of_5) + "\n" + text_of_line(message_of_6) + "\n");
}

TEST_CASE("watch filters by kind and node, but never hides or counts a gap") {
  fake_gateway gateway{
      {telling({message_of_6, gap, reading_of_5}), telling({reading_of_5, gap, message_of_6})}};
  auto arguments = arguments_for(gateway.where());
  arguments.count = 1;
  arguments.kinds = {"reading", "request"};
  recorded_console by_kind;
  CHECK(watch(arguments, by_kind) == 0);
  CHECK(by_kind.out.str() == text_of_line(gap) + "\n" + text_of_line(reading_of_5) + "\n");
  arguments.kinds.clear();
  arguments.nodes = {"7", "0x0006"};
  recorded_console by_node;
  CHECK(watch(arguments, by_node) == 0);
  CHECK(by_node.out.str() == text_of_line(gap) + "\n" + text_of_line(message_of_6) + "\n");
}

TEST_CASE("watch as JSON prints each line as it came") {
  fake_gateway gateway{{telling({reading_of_5, R"({"kind":"new","x":1})"})}};
  auto arguments = arguments_for(gateway.where());
  arguments.client.format = output_format::json;
  arguments.count = 2;
  recorded_console to;
  CHECK(watch(arguments, to) == 0);
  CHECK(to.out.str() == reading_of_5 + "\n" + R"({"kind":"new","x":1})" + "\n");
}

TEST_CASE("watch says when the gateway goes away, and connects again") {
  fake_gateway gateway{{telling({reading_of_5}),
                        {{{watch_request, refusal("Too Many Clients")}}, ending::gateway_closes},
                        telling({message_of_6})}};
  auto arguments = arguments_for(gateway.where());
  arguments.when_lost = after_loss::reconnect;
  arguments.count = 2;
  recorded_console to;
  CHECK(watch(arguments, to) == 0);
  CHECK(to.out.str() == text_of_line(reading_of_5) + "\n" + text_of_line(message_of_6) + "\n");
  auto where = to_string(gateway.where());
  CHECK(to.err.str()
        == "the gateway on " + where
               + " went away (the gateway closed the connection), trying again\n"
               + "the gateway on " + where + " is back; events in between are missing\n");
}

TEST_CASE("watch without reconnecting ends as unreachable when the gateway goes away") {
  fake_gateway gateway{{telling({reading_of_5})}};
  recorded_console to;
  CHECK(watch(arguments_for(gateway.where()), to) == 3);
  CHECK(to.out.str() == text_of_line(reading_of_5) + "\n");
}

TEST_CASE("watch ends well when it is told to stop, connected or between two attempts") {
  std::atomic<bool> stop = false;
  stopping_buffer first_line{stop, 1};
  std::ostream out{&first_line};
  recorded_console to;
  fake_gateway gateway{{{{{watch_request, "S" + reading_of_5 + "\n"}}}}};
  CHECK(run_watch(arguments_for(gateway.where()), {out, to.err, test_time}, stop) == 0);
  stop = false;
  fake_gateway leaving{{telling({})}};
  auto arguments = arguments_for(leaving.where());
  arguments.when_lost = after_loss::reconnect;
  arguments.client.timeout = 10ms; // the script is over: nobody answers any more
  stopping_buffer went_away{stop, 1};
  std::ostream err{&went_away};
  CHECK(run_watch(arguments, {to.out, err, test_time}, stop) == 0);
}

TEST_CASE("watch ends when nobody takes its output") {
  fake_gateway gateway{{telling({reading_of_5})}};
  broken_buffer full;
  std::ostream out{&full};
  recorded_console to;
  std::atomic<bool> never = false;
  CHECK(run_watch(arguments_for(gateway.where()), {out, to.err, test_time}, never) == 1);
}

TEST_CASE("watch has an exit code for each way not to begin") {
  closed_port nobody;
  recorded_console to;
  auto arguments = arguments_for(nobody.where());
  arguments.when_lost = after_loss::reconnect; // a first failure is told, not repeated
  CHECK(watch(arguments, to) == 3);
  arguments.nodes = {"five"};
  CHECK(watch(arguments, to) == 2);
  fake_gateway gateway{{script{{{watch_request, refusal("Unknown Command")}}},
                        script{{{watch_request, "Snot json\n"}}}}};
  CHECK(watch(arguments_for(gateway.where()), to) == 1);
  CHECK(watch(arguments_for(gateway.where()), to) == 1);
}
