#include "tests/actors/web_connection_bench.hpp"

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr std::uint64_t epoch = 5;
constexpr std::string_view ping_text = R"({"type":"ping","id":1})";

/// A WebSocket that has been greeted.
struct socket_bench : web_connection_bench {
  explicit socket_bench(std::string_view handshake = web_handshake_text) {
    receive(handshake);
    greet();
  }

  void greet() {
    if (!host->replays.empty())
      host->answer_replay(replay_page{.reached = {epoch, 41}, .complete = true});
    run();
  }

  std::vector<web_frame> frames() const { return frames_in(script->written); }

  std::string head() const {
    return script->written.substr(0, script->written.find("\r\n\r\n") + 2);
  }

  /// The messages after hello.
  std::vector<std::string> messages() const {
    std::vector<std::string> all;
    for (const auto& frame : frames())
      if (frame.code == web_opcode::text)
        all.push_back(frame.payload);
    REQUIRE(!all.empty());
    all.erase(all.begin());
    return all;
  }

  /// The last frame is the end, with this code.
  void check_closed(unsigned code) {
    auto all = frames();
    REQUIRE(!all.empty());
    CHECK(all.back().close_code() == code);
  }

  /// The other side closes, too.
  void close_as_client(std::uint16_t code = 1000) {
    receive(close_frame(code));
    CHECK(ended());
  }

  std::shared_ptr<web_subscriber> listener() const { return subscriber.lock(); }

  void publish(std::uint64_t seq, std::size_t count = 1) {
    auto events = std::make_shared<std::vector<event>>();
    for (std::size_t i = 0; i < count; ++i)
      events->push_back({.seq = seq + i, .kind = event_kind::message});
    listener()->publish({.epoch = epoch, .events = std::move(events)});
    run();
  }

  void subscribe(std::string_view more = {}) {
    receive(text_frame(R"({"type":"subscribe","id":9,"snapshot":false)" + std::string{more} + "}"));
    host->answer_replay(replay_page{.reached = {epoch, 41}, .complete = true});
    run();
  }
};

std::string handshake_with(std::string_view fields) {
  std::string text{web_handshake_text};
  text.insert(text.size() - 2, fields);
  return text;
}

} // namespace

// -- the handshake

TEST_CASE("a handshake is answered as RFC 6455 says, and hello is the first message") {
  socket_bench all;
  CHECK(all.head().starts_with("HTTP/1.1 101 "));
  CHECK(all.head().find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
        != std::string::npos);
  CHECK(all.head().find("Sec-WebSocket-Protocol") == std::string::npos);
  REQUIRE(all.frames().size() == 1);
  CHECK(all.frames()[0].payload
        == R"({"type":"hello","version":"1.2.3","epoch":5,"seq":41,"meshes":["field"],)"
           R"("scopes":["read","command","admin"]})");
  CHECK(all.host->answers == std::vector<unsigned>{101});
}

TEST_CASE("a handshake may come in pieces of any size") {
  for (std::size_t size : {1, 2, 7}) {
    web_connection_bench all;
    all.script->reads_at_most = size;
    all.script->writes_at_most = size;
    all.receive(web_handshake_text);
    all.host->answer_replay(std::nullopt);
    all.run();
    CHECK(frames_in(all.script->written).size() == 1);
  }
}

TEST_CASE("the subprotocol xylem is chosen when it is offered, and the one with the token never") {
  socket_bench all{handshake_with("Sec-WebSocket-Protocol: xylem.token.abc, xylem\r\n")};
  CHECK(all.head().find("Sec-WebSocket-Protocol: xylem\r\n") != std::string::npos);
  CHECK(all.head().find("abc") == std::string::npos);
}

TEST_CASE("a token may come as subprotocol or as header, and without it nobody comes in") {
  auto status = [](std::string_view fields) {
    web_connection_bench all;
    all.host->wanted_token = "abc";
    all.receive(handshake_with(fields));
    auto written = all.script->written;
    return written.substr(9, 3);
  };
  CHECK(status("") == "401");
  CHECK(status("Sec-WebSocket-Protocol: xylem, xylem.token.wrong\r\n") == "401");
  CHECK(status("Sec-WebSocket-Protocol: xylem, xylem.token.abc\r\n") == "101");
  CHECK(status("Authorization: Bearer abc\r\n") == "101");
  CHECK(status("Origin: http://evil.example\r\n") == "403");
}

TEST_CASE("who is refused gets a problem, and its connection ends") {
  web_connection_bench all;
  all.host->wanted_token = "abc";
  all.receive(web_handshake_text);
  auto answer = answers_in(all.script->written).at(0);
  CHECK(answer.has("Connection: close"));
  CHECK(answer.body.find("urn:xylem:token-required") != std::string::npos);
  CHECK(all.ended());
}

TEST_CASE("a handshake that asks for another version is told which is spoken") {
  web_connection_bench all;
  std::string text{web_handshake_text};
  text.replace(text.find("Version: 13"), 11, "Version: 12");
  all.receive(text);
  CHECK(all.script->written.find("HTTP/1.1 101") == std::string::npos);
  CHECK(all.script->written.find("Sec-WebSocket-Version: 13") != std::string::npos);
  CHECK(all.ended());
}

// -- messages

TEST_CASE("a message may come in fragments and pieces of any size, with pings between them") {
  for (std::size_t size : {std::size_t{1}, std::size_t{3}, stream_script::unlimited}) {
    socket_bench all;
    all.script->reads_at_most = size;
    all.receive(frame_of(web_opcode::text, ping_text.substr(0, 5), false)
                + frame_of(web_opcode::ping, "alive?")
                + frame_of(web_opcode::more, ping_text.substr(5, 1), false)
                + frame_of(web_opcode::more, ping_text.substr(6)));
    auto frames = all.frames();
    REQUIRE(frames.size() == 3);
    CHECK(frames[1] == web_frame{web_opcode::pong, "alive?"});
    CHECK(frames[2] == web_frame{web_opcode::text, R"({"type":"result","id":1,"ok":true})"});
  }
}

TEST_CASE("messages that come at once are answered in their order") {
  socket_bench all;
  std::string many;
  for (auto i = 0; i < 200; ++i) // more than may be under way
    many += text_frame(R"({"type":"ping","id":)" + std::to_string(i) + "}");
  all.receive(many);
  auto answers = all.messages();
  REQUIRE(answers.size() == 200);
  for (auto i = 0; i < 200; ++i)
    CHECK(answers[static_cast<std::size_t>(i)]
          == R"({"type":"result","id":)" + std::to_string(i) + R"(,"ok":true})");
}

TEST_CASE("what is not JSON, or of no known type, is answered, and the connection stays") {
  socket_bench all;
  for (std::string_view text : {"", "hello", "{", "[]", R"({"type":"dance","id":3})"})
    all.receive(text_frame(text));
  auto answers = all.messages();
  REQUIRE(answers.size() == 5);
  for (const auto& each : answers)
    CHECK(each.find(R"("ok":false)") != std::string::npos);
  CHECK(!all.ended());
}

TEST_CASE("a binary message ends the connection with 1003") {
  socket_bench all;
  all.receive(frame_of(web_opcode::binary, "data") + text_frame(ping_text));
  all.check_closed(1003);
  CHECK(all.host->cut_offs == std::vector{cut_off::binary_message});
  all.close_as_client(1003);
}

TEST_CASE("a message of 64 KiB is read, a longer one ends the connection with 1009") {
  auto padded = [](std::size_t size) {
    return std::string{ping_text} + std::string(size - ping_text.size(), ' ');
  };
  socket_bench fits;
  fits.receive(text_frame(padded(limits::web_message)));
  CHECK(fits.messages().size() == 1);
  socket_bench all;
  all.receive(text_frame(padded(limits::web_message + 1)));
  all.check_closed(1009);
  CHECK(all.ended());
  CHECK(all.host->cut_offs == std::vector{cut_off::message_too_large});
  socket_bench parts;
  parts.receive(frame_of(web_opcode::text, padded(40'000), false));
  parts.receive(frame_of(web_opcode::more, padded(40'000)));
  parts.check_closed(1009);
}

TEST_CASE("text that is not UTF-8 ends the connection with 1007, a broken frame with 1002") {
  socket_bench text;
  text.receive(text_frame("\xFF\xFE"));
  text.check_closed(1007);
  CHECK(text.ended());
  socket_bench frame;
  frame.receive("\x83\x80" "1234"); // an opcode that is reserved
  frame.check_closed(1002);
  CHECK(frame.ended());
  socket_bench bare;
  bare.receive(std::string{"\x81\x01x", 3}); // not masked
  bare.check_closed(1002);
  CHECK(bare.ended());
}

TEST_CASE("nothing is read while 64 requests are not answered") {
  socket_bench all;
  std::string many;
  for (auto i = 0; i < 100; ++i)
    many += text_frame(R"({"type":"network_info"})");
  all.script->reads_at_most = 64;
  all.receive(many);
  CHECK(all.host->submitted.size() == limits::web_requests_under_way);
  CHECK(all.script->incoming.size() > 30 * many.size() / 100);
  for (std::size_t i = 0; i < all.host->submitted.size(); ++i) {
    all.host->submitted[i].second({{}, problem{problem_kind::queue_full}});
    all.run();
  }
  CHECK(all.host->submitted.size() == 100);
  CHECK(all.messages().size() == 100);
}

TEST_CASE("answers that are not taken count as not answered") {
  socket_bench all;
  all.script->stall();
  all.script->reads_at_most = 64;
  std::string many;
  for (auto i = 0; i < 300; ++i)
    many += text_frame(ping_text);
  all.receive(many);
  CHECK(all.script->incoming.size() > many.size() / 2);
  all.script->take();
  all.run();
  CHECK(all.messages().size() == 300);
}

TEST_CASE("a client that goes away while it is not read leaves nothing behind") {
  for (auto stalled : {true, false}) {
    socket_bench all;
    all.script->reads_at_most = 64;
    if (stalled)
      all.script->stall();
    std::string many;
    for (auto i = 0; i < 300; ++i)
      many += text_frame(stalled ? ping_text : R"({"type":"network_info"})");
    all.receive(many);
    all.script->fails_at = 1; // a reset: whatever is under way fails
    all.script->end();
    for (auto& [what, done] : std::exchange(all.host->submitted, {}))
      done({{}, problem{problem_kind::queue_full}});
    all.run();
    CHECK(all.ended());
  }
}

// -- events

TEST_CASE("events come after the result of their subscription, several in one message") {
  socket_bench all;
  all.receive(text_frame(R"({"type":"subscribe","id":9,"snapshot":false})"));
  CHECK(all.messages().empty());
  all.host->answer_replay(replay_page{.reached = {epoch, 41}, .complete = true});
  all.run();
  all.publish(42, 2);
  CHECK(all.messages()
        == std::vector<std::string>{
          R"({"type":"result","id":9,"ok":true,"epoch":5,"seq":41})",
          R"({"type":"events","cursor":{"epoch":5,"seq":43},"events":[5.42,5.43]})"});
}

TEST_CASE("one message is written at a time, and what comes meanwhile is joined") {
  socket_bench all;
  all.subscribe();
  all.script->stall();
  all.publish(42);
  for (std::uint64_t seq = 43; seq <= 50; ++seq)
    all.publish(seq);
  all.script->take();
  all.run();
  auto messages = all.messages();
  REQUIRE(messages.size() == 3);
  CHECK(messages[2].find("5.43,5.44,5.45,5.46,5.47,5.48,5.49,5.50") != std::string::npos);
}

TEST_CASE("by the policy disconnect, who is too slow is told so with 1013, and counted once") {
  for (auto policy : {"disconnect", "drop_oldest"}) {
    socket_bench all;
    all.subscribe(R"(,"policy":")" + std::string{policy} + "\"");
    all.script->stall();
    all.publish(42);
    auto too_slow = std::string_view{policy} == "disconnect";
    for (std::uint64_t seq = 43; seq <= 46; ++seq)
      all.publish(43 + (seq - 43) * 1000, 1000);
    CHECK(all.host->cut_offs.size() == (too_slow ? 1 : 0));
    all.script->take();
    all.run();
    if (!too_slow)
      continue;
    CHECK(all.host->cut_offs == std::vector{cut_off::too_slow});
    all.check_closed(1013);
    all.close_as_client(1013);
    auto sums = all.host->ended_streams;
    CHECK(sums.published == sums.delivered + sums.coalesced + sums.dropped + sums.queued);
    CHECK(sums.delivered >= 1);
  }
}

TEST_CASE("who takes nothing any more, not even why it ends, is cut off after 10 s") {
  socket_bench all;
  all.subscribe();
  all.script->stall();
  all.publish(42);
  all.listener()->revoke();
  all.advance(10s);
  CHECK(!all.ended());
  all.advance(1s);
  CHECK(all.ended());
  CHECK(all.host->cut_offs == std::vector{cut_off::token_revoked});
}

// -- the end

TEST_CASE("a client that closes is answered") {
  socket_bench all;
  all.receive(close_frame(1000));
  all.check_closed(1000);
  CHECK(all.ended());
  CHECK(all.host->cut_offs.empty());
}

TEST_CASE("a client that closes without a word ends its connection") {
  socket_bench all;
  all.subscribe();
  all.script->end();
  all.run();
  CHECK(all.ended());
  CHECK(all.host->failures.empty());
}

TEST_CASE("the end of the gateway is 1001, of a token 1008 and counted once") {
  socket_bench ends;
  ends.connection->finish();
  ends.run();
  ends.check_closed(1001);
  CHECK(!ends.ended()); // until the client has closed, too
  ends.close_as_client(1001);

  socket_bench revoked;
  revoked.listener()->revoke();
  revoked.listener()->revoke();
  revoked.run();
  revoked.check_closed(1008);
  CHECK(revoked.host->cut_offs == std::vector{cut_off::token_revoked});
  revoked.receive(text_frame(ping_text)); // is not answered any more
  CHECK(revoked.frames().back().code == web_opcode::close);
  revoked.close_as_client(1008);
}

TEST_CASE("an error of the gateway is 1011 and a line in the log") {
  socket_bench all;
  all.host->fails = true;
  all.receive(text_frame(R"({"type":"network_info"})"));
  all.check_closed(1011);
  CHECK(all.host->failures == std::vector<std::string>{"as the test wants"});
  all.close_as_client(1011);
}

TEST_CASE("a gateway that ends while the hub has not answered yet says 1001, too") {
  web_connection_bench all;
  all.receive(web_handshake_text);
  all.connection->finish();
  all.run();
  auto frames = frames_in(all.script->written);
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].close_code() == 1001);
  all.receive(close_frame(1001));
  CHECK(all.ended());
  all.host->answer_replay(std::nullopt);
}

TEST_CASE("an answer that comes when the connection is gone hurts nobody") {
  socket_bench all;
  all.receive(text_frame(R"({"type":"subscribe"})") + text_frame(R"({"type":"network_info"})"));
  all.script->end();
  all.run();
  CHECK(all.ended());
  all.host->answer_replay(replay_page{.complete = true});
  all.host->submitted.front().second({{}, problem{}});
  all.run();
}

TEST_CASE("whichever operation fails, a WebSocket ends and leaves nothing behind") {
  auto play = [](web_connection_bench& all) {
    auto run_host = [&] {
      while (!all.host->replays.empty()) {
        all.host->answer_replay(replay_page{.reached = {epoch, 41}, .complete = true});
        all.run();
      }
      for (auto& [what, done] : std::exchange(all.host->submitted, {}))
        done({{}, problem{}});
      all.run();
    };
    all.script->reads_at_most = 50;
    all.script->writes_at_most = 70;
    all.receive(web_handshake_text);
    run_host();
    all.receive(text_frame(R"({"type":"subscribe","snapshot":false})")
                + text_frame(R"({"type":"network_info"})") + frame_of(web_opcode::ping, "x"));
    run_host();
    if (auto who = all.subscriber.lock()) {
      event first{.seq = 42, .kind = event_kind::message};
      auto events = std::make_shared<std::vector<event>>(50, first);
      for (std::size_t i = 0; i < events->size(); ++i)
        (*events)[i].seq += i;
      who->publish({.epoch = epoch, .events = std::move(events)});
    }
    all.run();
    all.receive(close_frame(1000));
    all.script->end();
    all.run();
  };
  std::size_t operations = 0;
  {
    web_connection_bench whole;
    play(whole);
    CHECK(whole.ended());
    CHECK(frames_in(whole.script->written).size() >= 6);
    operations = whole.script->operations;
  }
  for (auto once : {false, true})
    for (std::size_t n = 2; n <= operations; ++n) {
      CAPTURE(n);
      web_connection_bench all;
      all.script->fails_at = n;
      all.script->fails_once = once;
      play(all);
      REQUIRE(all.ended());
      REQUIRE(all.host->failures.empty());
    }
}
