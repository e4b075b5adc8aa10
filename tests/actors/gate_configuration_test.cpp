#include "actors/remote/gate_configuration.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

gate_configuration example() {
  return {.name = "north",
          .instance = {0xFFFF'FFFF'FFFF'FFFF},
          .listen = {"::1", 7655},
          .authority = "/etc/xylem/ca.pem",
          .certificate = "/etc/xylem/north.pem",
          .key = "/etc/xylem/north \"key\"",
          .connections = 7,
          .allow = {{"office", access_scope::command}, {"roof", access_scope::read}}};
}

} // namespace

TEST_CASE("What a gateway tells its gate to be is read back as it was") {
  CHECK(parse_gate_configuration(to_text(example())) == example());
  CHECK(parse_gate_configuration(to_text(gate_configuration{})) == gate_configuration{});
}

TEST_CASE("A configuration of a gate that is cut anywhere is none") {
  auto text = to_text(example());
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(parse_gate_configuration(text.substr(0, size)));
  CHECK_FALSE(parse_gate_configuration("[]"));
  CHECK_FALSE(parse_gate_configuration("{}"));
}
