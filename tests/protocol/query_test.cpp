// What tests/vectors/replies.txt cannot say: failures as values, JSON, order on a stream.
#include "node_table_fixture.hpp"
#include "protocol/query.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace xylem;
using namespace std::chrono_literals;

namespace {

struct asked {
  std::optional<failure> failed;
  std::string reply;
};

asked ask(const table_fixture& mesh, query question) {
  auto speech = make_dialect("classic");
  query_engine engine{mesh.table, *speech};
  bytes out;
  auto failed = engine.answer(question, out);
  return {failed, std::string{text_of(out)}};
}

query get(std::uint16_t node, std::string_view code = "T1.") {
  return {.kind = request_kind::get, .node = node_address{node}, .code = type_code{code}};
}

/// The document of a reply of the form `S | length(4) | JSON`.
boost::json::value document(const std::string& reply) {
  REQUIRE(reply.size() > 5);
  REQUIRE(reply.front() == 'S');
  REQUIRE(read_big(view_of(reply).subspan(1, 4)) == reply.size() - 5);
  return boost::json::parse(reply.substr(5));
}

} // namespace

TEST_CASE("a failed query is told to its caller, too") {
  table_fixture mesh;
  mesh.read(5);
  mesh.read(6, "T1.", "0102");
  CHECK(ask(mesh, get(7)).failed == failure::node_not_found);
  CHECK(ask(mesh, get(5, "T2.")).failed == failure::data_type_not_found);
  CHECK(ask(mesh, get(0)).failed == failure::mixed_data_lengths);
  CHECK_FALSE(ask(mesh, get(5)).failed.has_value());
}

TEST_CASE("a request that is no query is an unknown command") {
  table_fixture mesh;
  for (auto kind : {request_kind::command, request_kind::answer, request_kind::listen}) {
    auto result = ask(mesh, {.kind = kind});
    CHECK(result.failed == failure::unknown_command);
    CHECK(result.reply == "F\x0fUnknown Command");
  }
}

TEST_CASE("a reply is one failure or one success, never the beginning of a batch and a failure") {
  table_fixture mesh;
  for (std::uint16_t node = 1; node <= 300; ++node)
    mesh.read(node);
  mesh.read(301, "T1.", "0102");
  CHECK(ask(mesh, get(0)).reply == "F\x12Mixed Data Lengths");
}

TEST_CASE("replies follow each other on a stream, what was asked before changes none of them") {
  table_fixture mesh;
  for (std::uint16_t node = 1; node <= 3; ++node)
    mesh.read(node);
  auto speech = make_dialect("classic");
  query_engine engine{mesh.table, *speech};
  bytes stream;
  std::string expected;
  for (auto question : {get(0), get(2), get(9), get(0), get(0, "T2."), get(1)}) {
    engine.answer(question, stream);
    expected += ask(mesh, question).reply;
  }
  CHECK(text_of(stream) == expected);
}

TEST_CASE("the status list of a full mesh is aligned") {
  table_fixture mesh;
  for (unsigned node = 1; node <= 0xFFFF; node += 13)
    mesh.read(static_cast<std::uint16_t>(node));
  mesh.pass(60s);
  mesh.sweep();
  for (unsigned node = 1; node <= 0xFFFF; node += 26)
    mesh.read(static_cast<std::uint16_t>(node));
  auto body = document(ask(mesh, {.kind = request_kind::node_status}).reply);
  const auto& addresses = body.at("node_addr_list").as_array();
  const auto& statuses = body.at("node_status_list").as_array();
  REQUIRE(addresses.size() == body.at("node_amount").as_int64());
  REQUIRE(statuses.size() == addresses.size());
  REQUIRE(addresses.size() == 5'042); // 1, 14, …, 65,534: 65,533 / 13 + 1
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    REQUIRE(addresses[i].as_int64() == static_cast<std::int64_t>(1 + 13 * i));
    REQUIRE(statuses[i].as_int64() == (i % 2 == 0 ? 1 : 0));
  }
}

TEST_CASE("the history of a full ring has 255 readings when 255 are asked for") {
  table_fixture mesh{{.history_depth = 1'000}};
  for (auto i = 0; i < 300; ++i)
    mesh.read(5);
  auto reply = ask(mesh, {.kind = request_kind::history,
                          .max = 255,
                          .node = node_address{5},
                          .code = type_code{"T1."}})
                   .reply;
  CHECK(reply.size() == 5 + 255 * (8 + 1 + 1)); // S, type, count; time, length, data
  CHECK(reply[4] == '\xFF');
}
