#include "app/commands/send.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

int send(const client::endpoint& where, const std::string& node, std::vector<std::string> words,
         recorded_console& to, message_spelling spelling = message_spelling::text,
         output_format format = output_format::text) {
  return run_send({options_for(where, format), node, std::move(words), spelling}, to.io);
}

} // namespace

TEST_CASE("send joins its words and says that they wait, not that they arrived") {
  fake_gateway gateway{{{{{"SEND-" + hex("0005 0b") + "open gate 1", "S"}}}}};
  recorded_console to;
  CHECK(send(gateway.where(), "5", {"open", "gate", "1"}, to) == 0);
  CHECK(to.out.str() == "11 bytes for node 5 wait for the root\n");
}

TEST_CASE("send takes bytes as hex, in one word or several") {
  fake_gateway gateway{{{{{"SEND-" + hex("0102 03 00ff0a"), "S"}}}}};
  recorded_console to;
  CHECK(send(gateway.where(), "0x0102", {"00ff", "0A"}, to, message_spelling::hex) == 0);
}

TEST_CASE("broadcast is a send to every node") {
  fake_gateway gateway{{{{{"BCAST" + hex("0000 02") + "hi", "S"}}}}};
  recorded_console to;
  CHECK(send(gateway.where(), "", {"hi"}, to) == 0);
  CHECK(to.out.str() == "2 bytes for every node wait for the root\n");
}

TEST_CASE("send and broadcast as JSON say for whom") {
  fake_gateway gateway{
      {{{{"SEND-" + hex("0005 01") + "x", "S"}}}, {{{"BCAST" + hex("0000 01") + "x", "S"}}}}};
  recorded_console one;
  CHECK(send(gateway.where(), "5", {"x"}, one, {}, output_format::json) == 0);
  CHECK(one.out.str() == "{\"accepted\":true,\"bytes\":1,\"node\":5}\n");
  recorded_console all;
  CHECK(send(gateway.where(), "", {"x"}, all, {}, output_format::json) == 0);
  CHECK(all.out.str() == "{\"accepted\":true,\"bytes\":1,\"node\":null}\n");
}

TEST_CASE("send has an exit code for each way to fail") {
  closed_port nobody;
  recorded_console to;
  CHECK(send(nobody.where(), "5", {"x"}, to) == 3);
  CHECK(send(nobody.where(), "five", {"x"}, to) == 2);
  CHECK(send(nobody.where(), "65536", {"x"}, to) == 2);
  CHECK(send(nobody.where(), "5", {std::string(256, 'x')}, to) == 2);
  CHECK(send(nobody.where(), "5", {"abc"}, to, message_spelling::hex) == 2);
  fake_gateway gateway{{{{{"SEND-" + hex("0005 01") + "x", refusal("No Serial Connection")}}}}};
  recorded_console told;
  CHECK(send(gateway.where(), "5", {"x"}, told) == 1);
  CHECK(told.out.str() == "");
  CHECK(told.err.str()
        == "the gateway refused: No Serial Connection; the state of the root's link:"
           " xylem status\n");
}
