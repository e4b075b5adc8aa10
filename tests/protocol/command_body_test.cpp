#include "protocol/web_message.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

command command_of(std::string_view text) {
  auto parsed = parse_command_body(text);
  if (auto wrong = std::get_if<problem>(&parsed))
    FAIL(wrong->detail);
  return std::get<command>(std::move(parsed));
}

problem problem_of(std::string_view text) {
  auto parsed = parse_command_body(text);
  auto wrong = std::get_if<problem>(&parsed);
  if (!wrong)
    FAIL(std::string{text});
  return *wrong;
}

bytes bytes_of(std::string_view text) {
  return copy_of(view_of(text));
}

/// Everything that is JSON but no command is one kind of problem.
std::string invalid(std::string_view text) {
  auto what = problem_of(text);
  CHECK(what.kind == problem_kind::command_invalid);
  return what.detail;
}

} // namespace

TEST_CASE("a body is one of the commands of web section 1.3") {
  CHECK(command_of(R"({"kind": "send", "node": 5, "text": "hello"})")
        == command{command_kind::send, node_address{5}, bytes_of("hello")});
  CHECK(command_of(R"({"kind": "broadcast", "data": "0102"})")
        == command{command_kind::broadcast, {}, bytes_of("\x01\x02")});
  CHECK(command_of(R"({"kind": "network_info"})") == command{command_kind::network_info, {}, {}});
  CHECK(command_of(R"({"kind": "reset_root"})") == command{command_kind::reset_root, {}, {}});
  CHECK(command_of(R"({"kind": "clean", "confirm": "clean"})")
        == command{command_kind::clean, {}, {}});
}

TEST_CASE("what would harm needs more than what is sent every day") {
  for (auto kind : {command_kind::send, command_kind::broadcast, command_kind::network_info})
    CHECK(scope_of(kind) == access_scope::command);
  for (auto kind : {command_kind::reset_root, command_kind::clean})
    CHECK(scope_of(kind) == access_scope::admin);
}

TEST_CASE("a kind of command is read as it is written") {
  for (auto kind : {command_kind::send, command_kind::broadcast, command_kind::network_info,
                    command_kind::reset_root, command_kind::clean})
    CHECK(parse_command_kind(to_string(kind)) == kind);
  CHECK_FALSE(parse_command_kind("SEND"));
  CHECK_FALSE(parse_command_kind(""));
}

TEST_CASE("a node is a number or text") {
  for (auto node : {"5", "\"5\"", "\"0x0005\""})
    CHECK(command_of(R"({"kind": "send", "text": "x", "node": )" + std::string{node} + "}").node
          == node_address{5});
  for (auto node : {"-1", "65536", "5.0", "5e0", "null", "true", "[5]", "\"\"", "\"five\"",
                    "18446744073709551615"})
    CHECK(invalid(R"({"kind": "send", "text": "x", "node": )" + std::string{node} + "}")
            .starts_with("\"node\" is no address: expected"));
  CHECK(invalid(R"({"kind": "send", "text": "x"})").starts_with("\"node\" is missing: expected"));
}

TEST_CASE("text is sent as the bytes of its UTF-8") {
  CHECK(command_of(R"({"kind": "broadcast", "text": "\u00b0C\u0000"})").message
        == bytes_of(std::string_view{"\xC2\xB0" "C\0", 4}));
}

TEST_CASE("a message has 1 to 255 bytes") {
  auto with = [](std::string_view member, const std::string& value) {
    return R"({"kind": "broadcast", ")" + std::string{member} + "\": \"" + value + "\"}";
  };
  CHECK(command_of(with("text", std::string(255, 'x'))).message.size() == 255);
  CHECK(command_of(with("data", std::string(510, '0'))).message.size() == 255);
  CHECK(invalid(with("text", std::string(256, 'x')))
        == "the message has 256 bytes: expected 1 to 255");
  CHECK(invalid(with("data", std::string(512, '0')))
        == "the message has 256 bytes: expected 1 to 255");
  CHECK(invalid(with("text", "")) == "the message has 0 bytes: expected 1 to 255");
  CHECK(invalid(with("data", "")) == "the message has 0 bytes: expected 1 to 255");
}

TEST_CASE("a message is text or data") {
  CHECK(invalid(R"({"kind": "broadcast"})").ends_with("none is there"));
  CHECK(invalid(R"({"kind": "broadcast", "text": "a", "data": "61"})").ends_with("both are there"));
  CHECK(invalid(R"({"kind": "broadcast", "text": 5})") == "\"text\" is no text");
  CHECK(invalid(R"({"kind": "broadcast", "data": "0"})")
        == "\"data\" is \"0\": expected pairs of hex digits");
  CHECK(invalid(R"({"kind": "broadcast", "data": "0g"})").starts_with("\"data\" is \"0g\""));
}

TEST_CASE("the root forgets its mesh only when that is confirmed") {
  for (auto text : {R"({"kind": "clean"})", R"({"kind": "clean", "confirm": "yes"})",
                    R"({"kind": "clean", "confirm": true})"})
    CHECK(problem_of(text).kind == problem_kind::confirmation_missing);
}

TEST_CASE("a member that a command does not have is named") {
  CHECK(invalid(R"({"kind": "send", "nod": 5, "text": "x"})")
        == "unknown member \"nod\"; send takes kind, node, text and data; did you mean node?");
  CHECK(invalid(R"({"kind": "broadcast", "node": 5, "text": "x"})")
          .starts_with("unknown member \"node\""));
  CHECK(invalid(R"({"kind": "network_info", "mesh": "a"})")
        == "unknown member \"mesh\"; network_info takes kind");
}

TEST_CASE("a command has a kind") {
  CHECK(invalid("{}").starts_with("\"kind\" is missing: expected send"));
  CHECK(invalid(R"({"kind": 5})").starts_with("\"kind\" is no text: expected send"));
  CHECK(invalid(R"({"kind": "ping"})").starts_with("\"kind\" is \"ping\": expected send"));
  CHECK(invalid("[]").starts_with("the body is no object"));
  CHECK(invalid("null").starts_with("the body is no object"));
}

TEST_CASE("a body that is not JSON is told so") {
  for (auto text : {"", "{", "kind=send", "{} {}", "[[[[[[[[[[]]]]]]]]]]", "{\"kind\": \"\xFF\"}"})
    CHECK(problem_of(text).kind == problem_kind::bad_request);
}

TEST_CASE("a body is bounded") {
  CHECK(problem_of(std::string(64 * 1024 + 1, ' ')).kind == problem_kind::body_too_large);
  CHECK(problem_of(std::string(64 * 1024, ' ')).kind == problem_kind::bad_request);
}
