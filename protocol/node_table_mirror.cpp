// A mesh that is followed: its gateway has drawn all conclusions, nothing is derived here.
#include "protocol/monitor_messages.hpp"

namespace xylem {

void node_table::mirror(const event& what) {
  if (what.node == root_address && what.kind != event_kind::reading)
    return;
  switch (what.kind) {
    case event_kind::reading:
    case event_kind::message:
    case event_kind::request: {
      auto is_repeated = !is_news(what) && what.kind == event_kind::reading;
      recover(what);
      auto& subject = known_or_new(what.node);
      subject.heard = true;
      if (!is_repeated)
        subject.last_heard = std::max(subject.last_heard, what.time);
      break;
    }
    case event_kind::node_joined: recover(what); break;
    case event_kind::node_changed:
      known_or_new(what.node).status = static_cast<node_status>(what.state);
      break;
    default: break;
  }
}

void node_table::mirror(const remote_node& there, wall_time now, std::vector<event>& out) {
  const auto& was = there.known;
  auto is_new = find(was.address) == nullptr;
  auto& subject = known_or_new(was.address);
  subject.uuid = was.uuid;
  subject.heard = there.heard;
  subject.first_heard = was.first_heard;
  subject.last_heard = std::max(subject.last_heard, was.last_heard);
  subject.counters = was.counters;
  for (const auto& series : was.series) {
    auto known = subject.find(series.code);
    auto newest = known ? known->ring.newest().seq : 0;
    for (const auto& each : series.readings)
      if (each.seq > newest)
        store_again(subject, {.time = each.time, .code = series.code, .data = each.data},
                    each.seq);
  }
  if (is_new)
    out.push_back(about(subject, event_kind::node_joined, now));
  change(subject, there.status, now, out);
}

void node_table::lose(wall_time now, std::vector<event>& out) {
  disconnect_all(now, out);
}

} // namespace xylem
