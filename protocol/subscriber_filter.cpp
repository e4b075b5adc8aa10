#include "protocol/subscriber_filter.hpp"

namespace xylem {

namespace {

constexpr event_kind_set of_a_node{event_kind::reading, event_kind::message, event_kind::request,
                                   event_kind::node_joined, event_kind::node_changed};

} // namespace

bool subscriber_filter::matches(const event& what) const noexcept {
  if (what.kind == event_kind::gap)
    return true;
  return kinds.contains(what.kind) && meshes.contains(what.mesh)
         && (!of_a_node.contains(what.kind) || nodes.contains(what.node))
         && (what.kind != event_kind::reading || codes.contains(what.code));
}

} // namespace xylem
