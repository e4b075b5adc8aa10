#include "app/client/connection.hpp"

#include "client_fake_gateway.hpp"

#include <doctest/doctest.h>

#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;
using client::connection;
using client::error_kind;
using client::request;

namespace {

const type_code gps{"GPS"};
const node_address five{5};

/// Patience for what must come, impatience for what never comes.
constexpr client::timeouts patient{5s, 30s};
constexpr client::timeouts impatient{5s, 30ms};

const std::string get_five = "[GET]" + hex("0005") + "GPS";
const std::string five_is_here = "SGPS" + hex("02 01 0005 abcd");

connection open(const fake_gateway& gateway, client::timeouts limits = patient) {
  auto made = connection::open(gateway.where(), limits);
  REQUIRE(made);
  return *std::move(made);
}

template <class T>
error_kind kind_of(const client::result<T>& what) {
  REQUIRE(!what);
  return what.error().kind;
}

} // namespace

TEST_CASE("every typed call sends its request and reads its reply on one connection") {
  fake_gateway gateway{{{{
      {get_five, five_is_here},
      {"[GET]" + hex("ffff") + "GPS", "SGPS" + hex("01 02 0005 aa 0006 bb")},
      {"[HIS]" + hex("0005") + "GPS" + hex("02"), "SGPS" + hex("01 0000018bcfe56800 01 aa")},
      {"SEND-" + hex("0005 02") + "hi", "S"},
      {"BCAST" + hex("0000 02") + "hi", "S"},
      {"NINFO", "S"},
      {"RST-R", "S"},
      {"CLEAN", "S"},
      {"ACT-C", "S" + hex("0102")},
      {"NSTAT", json_reply(R"({"node_amount":1,"node_addr_list":[5],"node_status_list":[1]})")},
  }}}};
  auto to = open(gateway);
  CHECK(*to.latest(five, gps) == from_hex("abcd"));
  CHECK(*to.latest_of_all(gps)
        == std::vector<client::reading>{{{5}, *from_hex("aa")}, {{6}, *from_hex("bb")}});
  CHECK(to.history(five, gps, 2)->front().time == wall_time{1'700'000'000'000ms});
  CHECK(to.send(five, view_of("hi")));
  CHECK(to.broadcast(view_of("hi")));
  CHECK(to.network_info());
  CHECK(to.reset_root());
  CHECK(to.clean());
  CHECK(*to.active_count() == 258);
  CHECK(*to.node_status() == std::vector<client::node_activity>{{{5}, true}});
}

TEST_CASE("a reply that comes byte by byte is the same reply") {
  fake_gateway gateway{{{{{get_five, five_is_here}}, ending::client_closes, pace::byte_by_byte}}};
  CHECK(*open(gateway).latest(five, gps) == from_hex("abcd"));
}

TEST_CASE("a refusal carries the gateway's text and leaves the connection usable") {
  fake_gateway gateway{{{{{get_five, refusal("Node Not Found")}, {get_five, five_is_here}}}}};
  auto to = open(gateway);
  auto refused = to.latest(five, gps);
  CHECK(kind_of(refused) == error_kind::failure_reply);
  CHECK(refused.error().text == "Node Not Found");
  CHECK(to.latest(five, gps));
}

TEST_CASE("an answer ends its connection, and its reply is still read") {
  // The script waits for the half-close: only then the gateway knows the end of the answer.
  fake_gateway gateway{{{{{"[REQ]" + hex("0005") + "yes", "S"}}}}};
  auto to = open(gateway);
  CHECK(to.answer(five, view_of("yes")));
  CHECK(kind_of(to.network_info()) == error_kind::closed);
}

TEST_CASE("an answer behind pipelined requests reads their replies first") {
  fake_gateway gateway{
      {{{{"NINFO[REQ]" + hex("0005") + "yes", refusal("Queue Full") + refusal("Timeout")}}}}};
  auto to = open(gateway);
  REQUIRE(to.submit(request::network_info()));
  auto answered = to.answer(five, view_of("yes"));
  REQUIRE(!answered);
  CHECK(answered.error().text == "Timeout");
}

TEST_CASE("pipelined requests are answered in their order") {
  fake_gateway gateway{
      {{{{"ACT-CNINFOACT-C", "S" + hex("0001") + refusal("Queue Full") + "S" + hex("0002")}}}}};
  auto to = open(gateway);
  REQUIRE(to.submit(request::active_count()));
  REQUIRE(to.submit(request::network_info()));
  REQUIRE(to.submit(request::active_count()));
  CHECK(kind_of(to.network_info()) == error_kind::invalid_request); // replies wait
  CHECK(std::get<client::active_count>(*to.receive()).value == 1);
  CHECK(kind_of(to.receive()) == error_kind::failure_reply);
  CHECK(std::get<client::active_count>(*to.receive()).value == 2);
  CHECK(kind_of(to.receive()) == error_kind::invalid_request); // nothing waits
}

TEST_CASE("no more than 1,024 requests wait for a reply") {
  fake_gateway gateway{{script{}}};
  auto to = open(gateway);
  for (std::size_t i = 0; i < client::max_pipelined; ++i)
    REQUIRE(to.submit(request::network_info()));
  CHECK(kind_of(to.submit(request::network_info())) == error_kind::invalid_request);
}

TEST_CASE("a request that the wire cannot carry is never sent") {
  fake_gateway gateway{{{{{"NINFO", "S"}}}}};
  auto to = open(gateway);
  CHECK(kind_of(to.send(five, bytes(256))) == error_kind::invalid_request);
  CHECK(kind_of(to.latest(five, type_code{"GP"})) == error_kind::invalid_request);
  CHECK(kind_of(to.answer(five, bytes(253))) == error_kind::invalid_request);
  CHECK(to.network_info()); // the script would complain about anything before it
}

TEST_CASE("a gateway that says nothing is a timeout, and the connection stays failed") {
  fake_gateway gateway{{{{{"NINFO", ""}}}}};
  auto to = open(gateway, impatient);
  CHECK(kind_of(to.network_info()) == error_kind::timeout);
  CHECK(kind_of(to.network_info()) == error_kind::timeout);
}

TEST_CASE("a reply that stops in its middle is a timeout") {
  fake_gateway gateway{{{{{get_five, five_is_here.substr(0, 9)}}}}};
  CHECK(kind_of(open(gateway, impatient).latest(five, gps)) == error_kind::timeout);
}

TEST_CASE("a gateway that closes before or within its reply is told as closed") {
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, five_is_here.size() - 1}) {
    fake_gateway gateway{{{{{get_five, five_is_here.substr(0, size)}}, ending::gateway_closes}}};
    auto to = open(gateway);
    CHECK(kind_of(to.latest(five, gps)) == error_kind::closed);
    CHECK(kind_of(to.latest(five, gps)) == error_kind::closed);
  }
}

TEST_CASE("a gateway that refuses at once and closes is heard, whatever was being sent") {
  fake_gateway gateway{{{{{"", refusal("Too Many Clients")}}, ending::gateway_closes}}};
  auto refused = open(gateway).network_info();
  // A reset on the way may take the text with it, never the end.
  auto kind = kind_of(refused);
  CHECK((kind == error_kind::failure_reply || kind == error_kind::closed));
  CHECK((kind == error_kind::closed || refused.error().text == "Too Many Clients"));
}

TEST_CASE("a reply for another node or type is a protocol error") {
  for (auto reply : {"SGPS" + hex("01 01 0006 aa"), "STMP" + hex("01 01 0005 aa"),
                     "SGPS" + hex("01 00"), std::string{"HTTP/1.1 400 Bad Request"}}) {
    fake_gateway gateway{{{{{get_five, reply}}}}};
    auto to = open(gateway);
    CHECK(kind_of(to.latest(five, gps)) == error_kind::protocol);
    CHECK(kind_of(to.latest(five, gps)) == error_kind::protocol);
  }
}

TEST_CASE("nobody on the port is unreachable, with the reason") {
  closed_port nobody;
  auto made = connection::open(nobody.where());
  CHECK(kind_of(made) == error_kind::unreachable);
  CHECK(made.error().text == "connection refused");
}

TEST_CASE("a name that does not exist is unreachable") {
  // RFC 6761: names under .invalid never resolve; the wait for that is bounded as well.
  CHECK(kind_of(connection::open({"no-such-host.invalid", 5001}, {2s, 2s}))
        == error_kind::unreachable);
}

TEST_CASE("a host that takes no more connections is unreachable within the time limit") {
  // A queue of length 0 that nobody empties: the kernel ignores those who come later.
  auto listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  REQUIRE(listen(listener, 0) == 0);
  std::vector<connection> accepted;
  auto refused = false;
  while (accepted.size() < 8 && !refused) {
    auto made = connection::open({"127.0.0.1", ntohs(address.sin_port)}, {50ms, 50ms});
    refused = !made;
    if (made)
      accepted.push_back(*std::move(made));
    else
      CHECK(made.error() == client::error{error_kind::unreachable, "no answer in time"});
  }
  CHECK(refused);
  close(listener);
}

TEST_CASE("a listening connection hands out pushes until its end") {
  fake_gateway gateway{{{{{"[syn]" + hex("00"), "[ack]" + hex("00") + "[MSG]" + hex("0005 02")
                                                    + "hi[MSG]" + hex("0006 00")}},
                         ending::gateway_closes}}};
  auto pushes = open(gateway).listen();
  REQUIRE(pushes);
  CHECK((*pushes->next(5s))->payload == copy_of(view_of("hi")));
  CHECK((*pushes->next(5s))->node == node_address{6});
  CHECK(kind_of(pushes->next(5s)) == error_kind::closed);
}

TEST_CASE("silence on a stream is no error") {
  fake_gateway gateway{{{{{"[syn]" + hex("00"), "[ack]" + hex("00")}}}}};
  auto pushes = open(gateway).listen();
  REQUIRE(pushes);
  auto push = pushes->next(1ms);
  REQUIRE(push);
  CHECK(!*push);
}

TEST_CASE("a stream that is refused says why") {
  fake_gateway gateway{{{{{"[syn]" + hex("00"), refusal("Too Many Clients")}}}}};
  CHECK(kind_of(open(gateway).listen()) == error_kind::failure_reply);
}

TEST_CASE("replies are read while requests are written, so that neither side waits for ever") {
  // The gateway reads nothing until its 24 MiB of replies are taken, the client has 16 MiB of
  // requests to write: more than the buffers of any socket hold.
  constexpr auto questions = 600U;
  constexpr auto answer_size = 40'000U;
  constexpr auto large_requests = 16U;
  const auto large_answer = json_reply("\"" + std::string(answer_size, 'x') + "\"");
  const request large{bytes(1024 * 1024, std::byte{'x'}), {}};
  std::string answers;
  std::string requests;
  for (auto i = 0U; i < questions; ++i) {
    answers += large_answer;
    requests += "NSTAT";
  }
  requests.append(large_requests * large.wire.size(), 'x');
  fake_gateway gateway{{{{{"", answers}, {requests, std::string(large_requests, 'S')}}}}};
  auto to = open(gateway);
  for (auto i = 0U; i < questions; ++i)
    REQUIRE(to.submit(request::node_status()));
  for (auto i = 0U; i < large_requests; ++i)
    REQUIRE(to.submit(large));
  for (auto i = 0U; i < questions + large_requests; ++i)
    REQUIRE(to.receive());
}
