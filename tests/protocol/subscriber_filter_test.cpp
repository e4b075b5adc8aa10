#include "protocol/subscriber_filter.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

event make(event_kind kind, std::uint16_t mesh = 0, std::uint16_t node = 0,
           std::string_view code = "GPS") {
  return {.mesh = {mesh}, .node = {node}, .code = type_code{code}, .kind = kind};
}

constexpr auto last_kind = static_cast<int>(event_kind::gap);

} // namespace

TEST_CASE("a filter that nobody narrowed matches everything") {
  subscriber_filter filter;
  for (auto kind = 0; kind <= last_kind; ++kind)
    CHECK(filter.matches(make(static_cast<event_kind>(kind), 9, 9)));
}

TEST_CASE("all kinds are the set of each kind") {
  event_kind_set every;
  for (auto kind = 0; kind <= last_kind; ++kind)
    every.add(static_cast<event_kind>(kind));
  CHECK(every == event_kind_set::all());
}

TEST_CASE("kinds choose kinds, but a gap is always told") {
  subscriber_filter filter{.kinds = {event_kind::message}};
  CHECK(filter.matches(make(event_kind::message)));
  CHECK_FALSE(filter.matches(make(event_kind::reading)));
  CHECK_FALSE(filter.matches(make(event_kind::incident)));
  CHECK(filter.matches(make(event_kind::gap)));
}

TEST_CASE("meshes choose meshes") {
  subscriber_filter filter{.meshes = selection<mesh_index>{{{2}, {1}}}};
  CHECK_FALSE(filter.matches(make(event_kind::reading, 0)));
  CHECK(filter.matches(make(event_kind::reading, 1)));
  CHECK(filter.matches(make(event_kind::link_changed, 2)));
  CHECK_FALSE(filter.matches(make(event_kind::link_changed, 3)));
}

TEST_CASE("nodes narrow what a node sends or becomes, not the link's events") {
  subscriber_filter filter{.nodes = selection<node_address>{{{7}, {5}}}};
  for (auto kind : {event_kind::reading, event_kind::message, event_kind::request,
                    event_kind::node_joined, event_kind::node_changed}) {
    CHECK(filter.matches(make(kind, 0, 5)));
    CHECK(filter.matches(make(kind, 0, 7)));
    CHECK_FALSE(filter.matches(make(kind, 0, 6)));
  }
  for (auto kind : {event_kind::link_changed, event_kind::root_restarted, event_kind::root_log,
                    event_kind::command, event_kind::incident})
    CHECK(filter.matches(make(kind, 0, 6)));
}

TEST_CASE("codes narrow readings only: a message's code is not a data type") {
  subscriber_filter filter{.codes = selection<type_code>{{type_code{"TMP"}}}};
  CHECK(filter.matches(make(event_kind::reading, 0, 1, "TMP")));
  CHECK_FALSE(filter.matches(make(event_kind::reading, 0, 1, "GPS")));
  CHECK_FALSE(filter.matches(make(event_kind::reading, 0, 1, "TM")));
  CHECK(filter.matches(make(event_kind::message, 0, 1, "[M]")));
}

TEST_CASE("a selection of nothing matches nothing") {
  subscriber_filter filter{.nodes = selection{std::vector<node_address>{}}};
  CHECK_FALSE(filter.matches(make(event_kind::reading, 0, 1)));
  CHECK(filter.matches(make(event_kind::link_changed)));
}
