#include "protocol/command_json.hpp"

#include <doctest/doctest.h>

#include <boost/json/value.hpp>

using namespace xylem;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

constexpr wall_time noon{1'769'860'800'000ms}; // 2026-01-31T12:00:00Z

command_record record_of(command_kind kind) {
  return {.id = command_id{17},
          .what = {.kind = kind, .node = node_address{5}},
          .accepted = {mono_time{1s}, noon},
          .deadline = {mono_time{11s}, noon + 10s}};
}

} // namespace

TEST_CASE("an accepted command has the members of web section 1.1, and is not finished") {
  CHECK(json::value(to_json(record_of(command_kind::send), "default"))
        == json::value{{"id", 17},
                       {"mesh", "default"},
                       {"kind", "send"},
                       {"node", 5},
                       {"state", "accepted"},
                       {"accepted", "2026-01-31T12:00:00.000Z"},
                       {"deadline", "2026-01-31T12:00:10.000Z"},
                       {"finished", nullptr}});
}

TEST_CASE("only a command to one node names it") {
  for (auto kind : {command_kind::broadcast, command_kind::network_info, command_kind::reset_root,
                    command_kind::clean})
    CHECK(to_json(record_of(kind), "m").at("node").is_null());
}

TEST_CASE("a finished command tells when, a failed one why") {
  auto written = record_of(command_kind::send);
  written.state = command_state::written;
  written.finished = noon + 1500ms;
  auto told = to_json(written, "m");
  CHECK(told.at("state").as_string() == "written");
  CHECK(told.at("finished").as_string() == "2026-01-31T12:00:01.500Z");
  CHECK_FALSE(told.contains("error"));

  written.state = command_state::failed;
  written.reason = failure::message_too_long;
  auto failed = to_json(written, "m");
  CHECK(failed.at("state").as_string() == "failed");
  CHECK(failed.at("error").as_string() == json::string_view{to_string(failure::message_too_long)});
}
