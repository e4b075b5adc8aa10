#include "app/commands/send.hpp"

#include "command_fixture.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

const std::string submit = "POST /api/v1/meshes/field/commands";

std::string command_json(const std::string& state, const std::string& more = {}) {
  return R"({"id":17,"state":")" + state + R"(","accepted":"2023-11-14T22:13:20.000Z",)"
         + R"("deadline":"2023-11-14T22:13:30.000Z")" + more + "}";
}

send_arguments sending(const client::gateway_url& url, const std::string& node,
                       std::vector<std::string> words) {
  return {options_for(url), node, std::move(words)};
}

web_script accepting() {
  return {{{submit, command_json("accepted"), 202}}};
}

} // namespace

TEST_CASE("send joins its words and says that they wait, not that they arrived") {
  fake_web_gateway gateway{{accepting()}};
  recorded_console to;
  CHECK(run_send(sending(gateway.url(), "5", {"open", "gate", "1"}), to.io) == 0);
  CHECK(to.out.str() == "command 17, 11 bytes for node 5: waits for the root\n");
  // "open gate 1" as hex
  CHECK(gateway.seen().front().body
        == R"({"kind":"send","data":"6f70656e20676174652031","node":5})");
}

TEST_CASE("send takes bytes as hex, in one word or several") {
  fake_web_gateway gateway{{accepting()}};
  auto arguments = sending(gateway.url(), "0x0102", {"00ff", "0A"});
  arguments.spelling = message_spelling::hex;
  recorded_console to;
  CHECK(run_send(arguments, to.io) == 0);
  CHECK(gateway.seen().front().body == R"({"kind":"send","data":"00ff0a","node":258})");
}

TEST_CASE("broadcast is a send to every node") {
  fake_web_gateway gateway{{accepting()}};
  recorded_console to;
  CHECK(run_send(sending(gateway.url(), "", {"x"}), to.io) == 0);
  CHECK(to.out.str() == "command 17, 1 byte for every node: waits for the root\n");
  CHECK(gateway.seen().front().body == R"({"kind":"broadcast","data":"78"})");
}

TEST_CASE("send that waits asks until the command has ended, and fails unless it was written") {
  const std::string asked = "GET /api/v1/commands/17";
  fake_web_gateway gateway{
      {web_script{{{submit, command_json("accepted"), 202},
                   {asked, command_json("accepted")},
                   {asked, command_json("written")}}},
       web_script{{{submit, command_json("accepted"), 202},
                   {asked, command_json("failed", R"(,"error":"the root restarted")")}}}}};
  auto arguments = sending(gateway.url(), "5", {"x"});
  arguments.then = follow_up::until_ended;
  recorded_console written;
  CHECK(run_send(arguments, written.io) == 0);
  CHECK(written.out.str() == "command 17, 1 byte for node 5: written\n");
  recorded_console failed;
  CHECK(run_send(arguments, failed.io) == 1);
  CHECK(failed.out.str() == "command 17, 1 byte for node 5: failed (the root restarted)\n");
}

TEST_CASE("send as JSON prints the gateway's own document") {
  fake_web_gateway gateway{{accepting()}};
  auto arguments = sending(gateway.url(), "5", {"x"});
  arguments.client.format = output_format::json;
  recorded_console to;
  CHECK(run_send(arguments, to.io) == 0);
  CHECK(to.out.str() == command_json("accepted") + "\n");
}

TEST_CASE("a command is never given twice, whatever becomes of the connection") {
  fake_web_gateway gateway{{web_script{{{"GET /api/v1/meshes", R"({"meshes":[{"name":"field"}]})"}},
                                       {},
                                       web_ending::gateway_closes},
                            accepting()}};
  auto arguments = sending(gateway.url(), "5", {"x"});
  arguments.client.mesh.clear();
  recorded_console to;
  run_send(arguments, to.io);
  auto seen = gateway.seen();
  CHECK(std::ranges::count(seen, submit, &seen_request::line) <= 1);
}

TEST_CASE("send has an exit code for each way to fail") {
  closed_port nobody;
  recorded_console to;
  CHECK(run_send(sending(url_of(nobody), "5", {"x"}), to.io) == 3);
  CHECK(run_send(sending(url_of(nobody), "five", {"x"}), to.io) == 2);
  CHECK(run_send(sending(url_of(nobody), "65536", {"x"}), to.io) == 2);
  CHECK(run_send(sending(url_of(nobody), "5", {std::string(256, 'x')}), to.io) == 2);
  auto odd = sending(url_of(nobody), "5", {"abc"});
  odd.spelling = message_spelling::hex;
  CHECK(run_send(odd, to.io) == 2);
  fake_web_gateway gateway{
      one_connection({{submit, problem_json("no-serial-connection", "the link is down"), 503}})};
  recorded_console told;
  CHECK(run_send(sending(gateway.url(), "5", {"x"}), told.io) == 1);
  CHECK(told.out.str() == "");
  CHECK(told.err.str()
        == "the gateway refused: the link is down; the state of the root's link: xylem status\n");
}
