#include "app/client/request.hpp"

#include "client_fake_gateway.hpp"
#include "protocol/dialect.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using client::error_kind;
using client::request;
using xylem::testing::hex;

namespace {

const type_code gps{"GPS"};
const node_address five{5};

std::string wire_of(const client::result<request>& made) {
  REQUIRE(made);
  return std::string{text_of(made->wire)};
}

/// How the gateway's own dialect reads it; the whole of it must be one request.
client_request read_by_gateway(const client::result<request>& made) {
  REQUIRE(made);
  auto parsed = make_dialect("classic")->parse_request(made->wire);
  REQUIRE(parsed.status == parse_status::complete);
  CHECK(parsed.consumed == made->wire.size());
  return parsed.request;
}

void check_refused(const client::result<request>& made) {
  REQUIRE(!made);
  CHECK(made.error().kind == error_kind::invalid_request);
}

} // namespace

TEST_CASE("every request has the bytes of the wire document") {
  CHECK(wire_of(request::latest(five, gps)) == "[GET]" + hex("0005") + "GPS");
  CHECK(wire_of(request::latest_of_all(gps)) == "[GET]" + hex("ffff") + "GPS");
  CHECK(wire_of(request::history(five, gps, 9)) == "[HIS]" + hex("0005") + "GPS" + hex("09"));
  CHECK(wire_of(request::send({258}, view_of("hi"))) == "SEND-" + hex("0102 02") + "hi");
  CHECK(wire_of(request::broadcast(view_of("hi"))) == "BCAST" + hex("0000 02") + "hi");
  CHECK(wire_of(request::answer(five, view_of("yes"))) == "[REQ]" + hex("0005") + "yes");
  CHECK(wire_of(request::listen()) == "[syn]" + hex("00"));
}

TEST_CASE("the gateway reads every request as it is meant") {
  struct {
    client::result<request> made;
    request_kind kind;
  } cases[] = {
      {request::latest(five, gps), request_kind::get},
      {request::latest_of_all(gps), request_kind::get},
      {request::history(five, gps, 9), request_kind::history},
      {request::send(five, view_of("hi")), request_kind::command},
      {request::broadcast(view_of("hi")), request_kind::command},
      {request::network_info(), request_kind::command},
      {request::reset_root(), request_kind::command},
      {request::clean(), request_kind::command},
      {request::active_count(), request_kind::active_count},
      {request::node_status(), request_kind::node_status},
      {request::listen(), request_kind::listen},
  };
  for (const auto& one : cases)
    CHECK(read_by_gateway(one.made).kind == one.kind);
  CHECK(read_by_gateway(request::clean()).command == command_kind::clean);
  CHECK(read_by_gateway(request::reset_root()).command == command_kind::reset_root);
  CHECK(read_by_gateway(request::network_info()).command == command_kind::network_info);
  CHECK(read_by_gateway(request::history(five, gps, 9)).max == 9);
  auto made = request::answer(five, view_of("yes"));
  auto answer = make_dialect("classic")->parse_open_ended(made->wire);
  CHECK(answer.request.kind == request_kind::answer);
  CHECK(text_of(answer.request.payload) == "yes");
}

TEST_CASE("a message has at most 255 bytes, an answer three less") {
  CHECK(request::send(five, bytes(255)));
  check_refused(request::send(five, bytes(256)));
  CHECK(request::broadcast(bytes(255)));
  check_refused(request::broadcast(bytes(256)));
  CHECK(request::answer(five, bytes(252)));
  check_refused(request::answer(five, bytes(253)));
}

TEST_CASE("a data type has exactly three bytes") {
  for (auto text : {"", "G", "GP"}) {
    check_refused(request::latest(five, type_code{std::string_view{text}}));
    check_refused(request::latest_of_all(type_code{std::string_view{text}}));
    check_refused(request::history(five, type_code{std::string_view{text}}, 1));
  }
}

TEST_CASE("the addresses that mean every node are not asked for one reading") {
  for (auto node : {root_address, every_address}) {
    check_refused(request::latest(node, gps));
    check_refused(request::history(node, gps, 1));
  }
}
