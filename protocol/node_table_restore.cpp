// What a node table takes over from an earlier life: the snapshot, then the log behind it.
#include "protocol/saved_state.hpp"

namespace xylem {

namespace {

void remember_heard(node& subject, wall_time time) {
  if (subject.first_heard == wall_time{})
    subject.first_heard = time;
  subject.last_heard = time;
}

} // namespace

void node_table::restore(const saved_node& was) {
  if (find(was.address))
    return;
  auto& subject = insert(was.address);
  subject.uuid = was.uuid;
  subject.first_heard = was.first_heard;
  subject.last_heard = was.last_heard;
  subject.counters = was.counters;
  for (const auto& series : was.series)
    for (const auto& each : series.readings)
      store_again(subject, {.time = each.time, .code = series.code, .data = each.data}, each.seq);
}

void node_table::recover(const event& what) {
  number_from(what.kind == event_kind::reading ? what.id : 0);
  if (what.node == root_address || !is_news(what))
    return;
  auto& subject = known_or_new(what.node);
  auto& counters = subject.counters;
  switch (what.kind) {
    case event_kind::reading:
      counters.frames += what.state;
      ++counters.readings;
      if (what.id != 0) // it was kept
        store_again(subject, what, what.id);
      break;
    case event_kind::message:
    case event_kind::request:
      ++counters.frames;
      ++(what.kind == event_kind::message ? counters.messages : counters.requests);
      break;
    case event_kind::node_joined:
      if (auto uuid = uuid_in(what))
        subject.uuid = uuid;
      return; // the root may have told it
    default: break;
  }
  remember_heard(subject, what.time);
}

/// Under the number that it had. The numbers of a series ascend, those of a mesh need not.
void node_table::store_again(node& owner, const event& what, std::uint64_t seq) {
  auto highest = std::max(last_seq_, seq);
  last_seq_ = seq - 1;
  store(owner, what);
  last_seq_ = highest;
}

node& node_table::known_or_new(node_address address) {
  auto known = nodes_[address.value];
  return known ? *known : insert(address);
}

/// Whether it tells of a node what is not in the table yet. Readings have numbers; of all else only
/// the time tells. A heartbeat is recorded as the change of status that it led to.
bool node_table::is_news(const event& what) const noexcept {
  auto known = find(what.node);
  auto is_later = !known || what.time > known->last_heard;
  switch (what.kind) {
    case event_kind::reading: {
      auto series = known ? known->find(what.code) : nullptr;
      return what.id == 0 ? is_later : !series || what.id > series->ring.newest().seq;
    }
    case event_kind::message:
    case event_kind::request: return is_later;
    case event_kind::node_changed:
      return is_later && what.state == static_cast<std::uint8_t>(node_status::active);
    case event_kind::node_joined: return true;
    default: return false;
  }
}

} // namespace xylem
