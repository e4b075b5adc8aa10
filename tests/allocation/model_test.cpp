// What protocol/ takes from the heap for one message in steady state.
#include "protocol/event_ring.hpp"
#include "protocol/json.hpp"
#include "protocol/json_query.hpp"
#include "protocol/query.hpp"
#include "tests/actors/wire_text.hpp"
#include "tests/allocation/allocations.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

constexpr instant now{mono_time{std::chrono::hours{24}},
                      wall_time{std::chrono::milliseconds{1'700'000'000'000}}};

const std::string gps = "\1GPS\6\x0C\xDA\xC8\x4A\xC7\xEC";

event reading_of(std::uint16_t node) {
  return {.time = now.wall,
          .node = node_address{node},
          .code = type_code{"GPS"},
          .kind = event_kind::reading,
          .state = 1,
          .data = small_bytes{view_of(gps).subspan(5)}};
}

/// How often the heap is asked once that has been done a few times.
template <class Action>
std::size_t steady(Action action) {
  for (auto i = 0; i < 10; ++i)
    action();
  return allocations_of([&] {
    for (auto i = 0; i < 100; ++i)
      action();
  });
}

} // namespace

TEST_CASE("Decoding frames allocates nothing, with escapes or without, whole or in pieces") {
  auto wire = root_frame(5, "[D]", gps) + root_frame(0xFAFF, "[M]", "\3\xFA\xFB\xFE");
  frame_decoder decoder;
  auto frames = 0;
  auto feed = [&](std::string_view chunk) {
    decoder.feed(view_of(chunk));
    while (true) {
      auto found = decoder.next();
      if (std::holds_alternative<need_more>(found))
        break;
      frames += std::holds_alternative<frame_view>(found) ? 1 : 0;
    }
  };
  CHECK(allocations_of([&] {
          for (std::size_t cut = 0; cut < wire.size(); ++cut) {
            feed(std::string_view{wire}.substr(0, cut));
            feed(std::string_view{wire}.substr(cut));
          }
        })
        == 0);
  CHECK(frames == 2 * wire.size());
}

TEST_CASE("Encoding a frame into a buffer that was used before allocates nothing") {
  bytes out;
  auto payload = hex("0005FAFBFCFDFEFF7F");
  CHECK(steady([&] {
          out.clear();
          append_frame(out, view_of(payload));
        })
        == 0);
}

TEST_CASE("Understanding a message of the root allocates nothing after the first one") {
  auto speech = make_dialect("classic");
  data_type_registry types;
  root_message message;
  for (const auto& payload : {big16(5) + "[D]" + gps, big16(5) + "[M]\5hello", big16(5) + "<Q>why",
                              big16(5) + "NOD" + std::string(16, '\1'),
                              big16(0) + "NET\1" + big16(5) + std::string(16, '\1'),
                              big16(0) + "RST", big16(5) + "[D]\2GPS"}) {
    CAPTURE(escaped_text(view_of(payload)));
    CHECK(steady([&] { speech->parse_root(view_of(payload), types, message); }) == 0);
  }
}

TEST_CASE("Understanding a request of a client allocates nothing") {
  auto speech = make_dialect("classic");
  for (const auto& request : {get_request(5), send_request(5, "hello"), std::string{"NSTAT"}})
    CHECK(steady([&] { speech->parse_request(view_of(request)); }) == 0);
}

TEST_CASE("An update of a known reading allocates nothing") {
  node_table table{{.history_depth = 4}};
  std::vector<event> changes;
  CHECK(steady([&] {
          changes.clear();
          table.apply(reading_of(5), now.mono, changes);
        })
        == 0);
  CHECK(changes.size() == 1);
}

TEST_CASE("An answer about one node allocates nothing once the reply has its room") {
  node_table table{{.history_depth = 4}};
  auto speech = make_dialect("classic");
  query_engine queries{table, *speech};
  std::vector<event> changes;
  table.apply(reading_of(5), now.mono, changes);
  bytes out;
  for (auto kind : {request_kind::get, request_kind::history, request_kind::active_count})
    CHECK(steady([&] {
            out.clear();
            query what{.kind = kind, .node = node_address{5}, .code = type_code{"GPS"}};
            what.max = 4;
            queries.answer(what, out);
          })
          == 0);
  CHECK(steady([&] {
          out.clear();
          queries.answer({.node = every_address, .code = type_code{"GPS"}}, out);
        })
        == 0);
}

TEST_CASE("JSON about nodes, readings and events allocates nothing once the text has its room") {
  node_table table{{.history_depth = 4}};
  data_type_registry types;
  json_query_engine queries{table, types, "default"};
  std::vector<event> changes;
  table.apply(reading_of(5), now.mono, changes);
  std::string out;
  using enum json_query::subject;
  for (auto about : {nodes, node, node_readings, reading, readings, snapshot})
    CHECK(steady([&] {
            out.clear();
            queries.answer({.about = about, .node = node_address{5}, .code = type_code{"GPS"}},
                           now.wall, out);
          })
          == 0);
  CHECK(steady([&] {
          out.clear();
          append_event(out, changes.back(), 1, "default", types);
        })
        == 0);
}

TEST_CASE("A second in which no node changes allocates nothing") {
  node_table table{{}};
  std::vector<event> changes;
  table.apply(reading_of(5), now.mono, changes);
  changes = {};
  CHECK(allocations_of([&] { table.sweep(now, changes); }) == 0);
}

TEST_CASE("A full ring of events numbers and remembers an event without an allocation") {
  event_ring ring{1, 8, 1024 * 1024};
  CHECK(steady([&] { ring.push(reading_of(5)); }) == 0);
}
