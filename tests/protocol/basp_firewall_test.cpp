#include "protocol/basp_firewall.hpp"

#include "basp_frames.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const auto us = node_of('u');
const auto them = node_of('t');

/// The actor that the server publishes, and one of the client's.
constexpr std::uint64_t facade = 6;
constexpr std::uint64_t asker = 7;

constexpr std::uint64_t request_3 = 0x1000'0000'0000'0003;
constexpr std::uint64_t answer_3 = 0x9000'0000'0000'0003;

basp_policy policy_of(basp_side side) {
  basp_policy out;
  out.side = side;
  out.own = us;
  out.application = "xylem";
  out.messages = {{"question", [](std::string_view text) { return text.starts_with('?'); }}};
  out.max_message = 4096;
  out.max_sources = 4;
  return out;
}

/// What came out: frames as they went in, or why not.
struct outcome {
  std::vector<std::string> passed{};
  std::optional<basp_violation> wrong{};
};

void take(basp_firewall& wall, std::string_view bytes, outcome& out) {
  for (;;) {
    auto step = wall.next(bytes);
    if (auto frame = std::get_if<basp_frame>(&step)) {
      out.passed.push_back(std::string{frame->header}.append(frame->payload));
      continue;
    }
    if (auto why = std::get_if<basp_violation>(&step))
      out.wrong = *why;
    else
      CHECK(bytes.empty());
    return;
  }
}

outcome take(basp_firewall& wall, std::string_view bytes) {
  outcome out;
  take(wall, bytes, out);
  return out;
}

/// A server that has said its handshake, and heard the client's.
basp_firewall connected_server() {
  basp_firewall out{policy_of(basp_side::server)};
  auto handshake = as_output(server_handshake(us, facade));
  out.filter_output(handshake);
  CHECK(take(out, client_handshake(them)).passed.size() == 1);
  return out;
}

/// A client that has heard the server's handshake, and asked from `asker`.
basp_firewall connected_client() {
  basp_firewall out{policy_of(basp_side::client)};
  CHECK(take(out, server_handshake(them, facade)).passed.size() == 1);
  auto asked = as_output(client_handshake(us) + message(asker, facade, "question", "?", request_3));
  out.filter_output(asked);
  return out;
}

std::optional<basp_violation> violation_of(std::string_view bytes) {
  auto wall = connected_server();
  return take(wall, bytes).wrong;
}

/// Of a message of the client's to the facade with this payload.
std::optional<basp_violation> violation_of_content(const std::string& payload) {
  return violation_of(frame_of({.source = asker, .destination = facade}, payload));
}

std::string text_of(std::optional<basp_violation> what) {
  return what ? std::string{to_string(*what)} : "none";
}

} // namespace

TEST_CASE("a message that is written here is, byte for byte, what CAF was seen to write") {
  for (std::size_t size : {0, 1, 127, 128, 16'383, 16'384, 70'000}) {
    std::string content(size, '?');
    std::vector<char> written{'o', 'n'};
    append_basp_message(written, asker, facade, "question", content);
    std::string_view all{written.data(), written.size()};
    CHECK(all.starts_with("on"));
    CHECK(all.substr(2) == message(asker, facade, "question", content));
  }
}

TEST_CASE("firewall: what CAF says in a conversation passes, wherever the reads are cut") {
  auto frames = std::vector{client_handshake(them), message(asker, facade, "question", "?1"),
                            monitor_notice(them, us, facade),
                            message(asker, facade, "question", std::string(300, '?'), request_3),
                            down_notice(them, us, asker)};
  std::string all;
  for (const auto& frame : frames)
    all += frame;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    basp_firewall wall{policy_of(basp_side::server)};
    auto handshake = as_output(server_handshake(us, facade));
    wall.filter_output(handshake);
    outcome out;
    take(wall, std::string_view{all}.substr(0, cut), out);
    take(wall, std::string_view{all}.substr(cut), out);
    REQUIRE(text_of(out.wrong) == "none");
    REQUIRE(out.passed == frames);
  }
}

TEST_CASE("firewall: the server's handshake passes byte by byte, and is understood") {
  basp_firewall wall{policy_of(basp_side::client)};
  outcome out;
  for (auto byte : server_handshake(them, facade))
    take(wall, {&byte, 1}, out);
  CHECK(out.passed == std::vector{server_handshake(them, facade)});
  CHECK(wall.peer() == them);
  CHECK(wall.server().actor == facade);
  CHECK(wall.server().signatures == std::vector<std::string>{"caf::replies_to<a>::with<b>"});
}

TEST_CASE("firewall: nothing comes before the handshake of the other side") {
  for (const auto& first : {heartbeat(), message(asker, facade, "question", "?"),
                            server_handshake(them, facade), question_to(spawn_server_name)}) {
    basp_firewall wall{policy_of(basp_side::server)};
    CHECK(text_of(take(wall, first).wrong) == "no handshake");
  }
  basp_firewall client{policy_of(basp_side::client)};
  CHECK(text_of(take(client, client_handshake(them)).wrong) == "no handshake");
}

TEST_CASE("firewall: there is one handshake") {
  CHECK(text_of(violation_of(client_handshake(them))) == "second handshake");
  CHECK(text_of(violation_of(server_handshake(them, facade))) == "second handshake");
}

TEST_CASE("firewall: a handshake says who it is from, and is nothing more") {
  auto first = [](const std::string& bytes, basp_side side = basp_side::server) {
    basp_firewall wall{policy_of(side)};
    return text_of(take(wall, bytes).wrong);
  };
  basp_node_id uri = them;
  uri.wire[7] = 'x';
  CHECK(first(client_handshake(uri)) == "malformed handshake");
  CHECK(first(client_handshake(us)) == "own node");
  CHECK(first(frame_of({basp_operation::client_handshake, 0, 0, 0, 0},
                       std::string{them.view()} + "x"))
        == "malformed handshake");
  CHECK(first(header_of({basp_operation::client_handshake, 0, 0, 0, 0}, 0)) == "malformed header");
  auto client = basp_side::client;
  CHECK(first(server_handshake(them, facade, "generic-caf-app"), client) == "other application");
  CHECK(first(server_handshake(us, facade), client) == "own node");
  CHECK(first(frame_of({basp_operation::server_handshake, 0, 2, 0, 0}, "x"), client)
        == "other version");
  auto cut = server_handshake(them, facade).substr(basp_header_size);
  cut.pop_back();
  CHECK(first(frame_of({basp_operation::server_handshake, 0, basp_version, 0, 0}, cut), client)
        == "malformed handshake");
}

TEST_CASE("firewall: a length is judged before anything of the payload is kept") {
  auto operations = {basp_operation::direct_message, basp_operation::monitor_message,
                     basp_operation::down_message};
  for (auto operation : operations) {
    CHECK(text_of(violation_of(header_of({operation, 0, 0, asker, facade}, 0xFFFF'FFFF)))
          == "payload too long");
  }
  basp_firewall wall{policy_of(basp_side::server)};
  auto huge = header_of({basp_operation::client_handshake, 0, 0, 0, 0}, 0xFFFF'FFFF);
  CHECK(text_of(take(wall, huge).wrong) == "payload too long");
}

TEST_CASE("firewall: headers are as CAF writes them") {
  CHECK(text_of(violation_of(std::string(32, '\xA5'))) == "malformed header");
  auto padded = heartbeat();
  padded[1] = 1;
  CHECK(text_of(violation_of(padded)) == "malformed header");
  CHECK(text_of(violation_of(header_of({basp_operation::heartbeat, 0, 0, 1, 0}, 0)))
        == "malformed header");
  CHECK(text_of(violation_of(header_of({basp_operation::heartbeat, 0, 0, 0, 0}, 1)))
        == "malformed header");
  CHECK(text_of(violation_of(header_of({basp_operation::monitor_message, 0, 0, 0, facade}, 0)))
        == "malformed header");
  CHECK(text_of(violation_of(header_of({.source = asker, .destination = facade}, 0)))
        == "malformed header");
}

TEST_CASE("firewall: heartbeats are counted and not passed") {
  auto wall = connected_server();
  auto out = take(wall, heartbeat() + heartbeat());
  CHECK(out.passed.empty());
  CHECK(!out.wrong);
  CHECK(wall.counters().heartbeats == 2);
}

TEST_CASE("firewall: routed messages do not pass") {
  CHECK(text_of(violation_of(frame_of({basp_operation::routed_message, 0, 0, asker, facade}, "x")))
        == "routed message");
}

TEST_CASE("firewall: a message is for the published actor, or for one that the peer was told of") {
  CHECK(text_of(violation_of(message(asker, facade + 1, "question", "?"))) == "unknown receiver");
  CHECK(text_of(violation_of(message(asker, 0, "question", "?"))) == "unknown receiver");
  auto client = connected_client();
  CHECK(take(client, message(facade, asker, "question", "?")).passed.size() == 1);
  CHECK(text_of(take(client, message(facade, asker + 1, "question", "?")).wrong)
        == "unknown receiver");
}

TEST_CASE("firewall: a message is one text of a known type that its codec takes") {
  CHECK(!violation_of_content(content_of("+question", short_text("?"))));
  CHECK(text_of(violation_of_content(content_of("+question", short_text("!"))))
        == "invalid content");
  CHECK(text_of(violation_of_content(content_of("+other", short_text("?")))) == "unknown type");
  CHECK(text_of(violation_of_content(content_of("+question+question", short_text("?"))))
        == "unknown type");
  CHECK(text_of(violation_of_content(content_of("", ""))) == "unknown type");
  CHECK(text_of(violation_of_content(content_of("+question", short_text("?") + "x")))
        == "malformed message");
  CHECK(text_of(violation_of_content(content_of("+question", "\x09?"))) == "malformed message");
  CHECK(text_of(violation_of_content("x")) == "malformed message");
}

TEST_CASE("firewall: lengths are written in the fewest bytes, and never in more than five") {
  auto two_bytes = std::string{"\x81\x00?", 3};
  CHECK(text_of(violation_of_content(content_of("+question", two_bytes))) == "malformed message");
  CHECK(text_of(violation_of_content(content_of("+question", std::string(64, '\xFF'))))
        == "malformed message");
  CHECK(text_of(violation_of_content(content_of("+question", "\xFF\xFF\xFF\xFF\x7F?")))
        == "malformed message");
}

TEST_CASE("firewall: exit and link messages, and handles of actors, are unknown types") {
  for (auto types :
       {"+@exit", "+@atom+@strong_actor_ptr", "+@down", "+@actor", "+@error", "+@str", "+@message"})
    CHECK(text_of(violation_of_content(content_of(types, short_text("?")))) == "unknown type");
}

TEST_CASE("firewall: a forwarding stack does not pass") {
  auto payload = content_of("+question", short_text("?"));
  payload[0] = 1;
  CHECK(text_of(violation_of_content(payload)) == "malformed message");
}

TEST_CASE("firewall: ids of streams, and of answered requests, do not pass") {
  for (auto id : {std::uint64_t{2} << 60, std::uint64_t{3} << 60, std::uint64_t{1} << 62})
    CHECK(text_of(violation_of(message(asker, facade, "question", "?", id))) == "stream message");
}

TEST_CASE("firewall: an answer passes once, to who asked, and may be nothing or an error") {
  auto client = connected_client();
  CHECK(text_of(take(client, message(facade, asker + 1, "question", "?", answer_3)).wrong)
        == "answer without request");
  client = connected_client();
  CHECK(take(client, message(facade, asker, "question", "?", answer_3)).passed.size() == 1);
  CHECK(text_of(take(client, message(facade, asker, "question", "?", answer_3)).wrong)
        == "answer without request");
  for (const auto& content : {content_of("", ""), content_of("+@error", error_of(1))}) {
    client = connected_client();
    auto frame = frame_of({.data = answer_3, .source = 0, .destination = asker}, content);
    CHECK(take(client, frame).passed.size() == 1);
  }
  CHECK(text_of(violation_of(message(asker, facade, "question", "?", answer_3)))
        == "answer without request");
}

TEST_CASE("firewall: the context of an error is texts, or nothing") {
  auto wrong = [](std::string_view types, const std::string& values) {
    auto client = connected_client();
    auto error = error_of(1);
    error.resize(error.size() - short_text("@<>").size());
    error += short_text("@<>" + std::string{types}) + values;
    auto frame = frame_of({.data = answer_3, .source = facade, .destination = asker},
                          content_of("+@error", error));
    return text_of(take(client, frame).wrong);
  };
  CHECK(wrong("+@str", short_text("why")) == "none");
  CHECK(wrong("+@str+@str", short_text("why") + short_text("where")) == "none");
  CHECK(wrong("+@str", short_text("why") + "x") == "malformed message");
  CHECK(wrong("+@strong_actor_ptr", short_text("why")) == "malformed message");
  CHECK(wrong("+@message", short_text("why")) == "malformed message");
}

TEST_CASE("firewall: what CAF asks by itself is dropped, but not for ever") {
  auto wall = connected_server();
  auto out = take(wall, question_to(spawn_server_name) + question_to(config_server_name)
                            + question_to(spawn_server_name) + question_to(config_server_name));
  CHECK(out.passed.empty());
  CHECK(!out.wrong);
  CHECK(wall.counters().dropped == 4);
  CHECK(text_of(take(wall, question_to(spawn_server_name)).wrong) == "named receiver");
  CHECK(text_of(violation_of(question_to(1))) == "named receiver");
}

TEST_CASE("firewall: what CAF asks by itself is not let out") {
  auto wall = connected_client();
  auto kept = message(asker, facade, "question", "?");
  auto output = as_output(kept + question_to(spawn_server_name) + kept);
  wall.filter_output(output);
  CHECK(output == as_output(kept + kept));
  CHECK(wall.counters().withheld == 1);
}

TEST_CASE("firewall: a peer tells of a few actors, and of no more") {
  auto wall = connected_server();
  for (std::uint64_t source = 1; source <= 4; ++source) {
    CHECK(take(wall, message(source, facade, "question", "?")).passed.size() == 1);
    CHECK(take(wall, message(source, facade, "question", "?")).passed.size() == 1);
  }
  CHECK(take(wall, message(0, facade, "question", "?")).passed.size() == 1);
  CHECK(text_of(take(wall, message(5, facade, "question", "?")).wrong) == "too many sources");
}

TEST_CASE("firewall: monitor and down messages are about actors that the other side was told of") {
  CHECK(!violation_of(monitor_notice(them, us, facade)));
  CHECK(text_of(violation_of(monitor_notice(them, us, facade + 1))) == "unknown receiver");
  CHECK(text_of(violation_of(monitor_notice(us, them, facade))) == "malformed notice");
  CHECK(text_of(violation_of(monitor_notice(them, node_of('x'), facade))) == "malformed notice");
  CHECK(text_of(violation_of(down_notice(them, us, asker))) == "unknown source");
  auto wall = connected_client();
  CHECK(take(wall, down_notice(them, us, facade)).passed.size() == 1);
}

TEST_CASE("firewall: whatever bit is wrong, only frames of the allowed shape pass") {
  auto all = client_handshake(them) + message(asker, facade, "question", "?1")
             + monitor_notice(them, us, facade) + down_notice(them, us, asker);
  for (std::size_t bit = 0; bit < all.size() * 8; ++bit) {
    auto flipped = all;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    basp_firewall wall{policy_of(basp_side::server)};
    auto handshake = as_output(server_handshake(us, facade));
    wall.filter_output(handshake);
    for (const auto& frame : take(wall, flipped).passed) {
      auto header = parse_basp_header(std::string_view{frame}.substr(0, basp_header_size));
      CHECK(frame.size() == basp_header_size + header.payload_size);
      if (is(header, basp_operation::direct_message)) {
        CHECK(header.destination == facade);
        CHECK(frame.find("@<>+question") != std::string::npos);
      }
    }
  }
}

TEST_CASE("firewall: a violation is final") {
  auto wall = connected_server();
  CHECK(text_of(take(wall, std::string(32, 'x')).wrong) == "malformed header");
  CHECK(text_of(take(wall, message(asker, facade, "question", "?")).wrong) == "malformed header");
}
