#include "protocol/node_table.hpp"

namespace xylem {

namespace {

/// Every 16-bit address.
constexpr std::size_t address_space = 0x10000;

} // namespace

const reading_series* node::find(type_code code) const noexcept {
  auto found = std::ranges::find(series, code, &reading_series::code);
  return found == series.end() ? nullptr : &*found;
}

node_table::node_table(node_table_options options) : options_{options}, nodes_(address_space) {}

void node_table::apply(event&& what, mono_time now, std::vector<event>& out) {
  what.mesh = options_.mesh;
  switch (what.kind) {
    case event_kind::reading: {
      auto& owner = touch(what, now, out);
      owner.counters.frames += what.state; // 1 on the first reading of a frame
      ++owner.counters.readings;
      what.id = store(owner, what);
      break;
    }
    case event_kind::message:
    case event_kind::request:
      if (what.node != root_address) {
        auto& counters = touch(what, now, out).counters;
        ++counters.frames;
        ++(what.kind == event_kind::message ? counters.messages : counters.requests);
      }
      break;
    case event_kind::node_heard:
      if (what.state == 0)
        ++touch(what, now, out).counters.frames;
      else if (auto known = nodes_[what.node.value])
        ++known->counters.malformed;
      return; // nobody else is interested
    case event_kind::node_joined:
      learn(what, out);
      if (what.state != 0) // the node itself has spoken
        ++touch(what, now, out).counters.frames;
      return;
    case event_kind::root_restarted:
      out.push_back(std::move(what));
      disconnect_all(out.back().time, out);
      return;
    case event_kind::link_changed:
      out.push_back(std::move(what));
      if (out.back().state == static_cast<std::uint8_t>(link_state::down))
        disconnect_all(out.back().time, out);
      return;
    default: break;
  }
  out.push_back(std::move(what));
}

/// In two passes: what the second one follows was asked for by the first.
void node_table::prefetch(std::span<const series_key> coming) const noexcept {
  for (auto key : coming) {
    auto owner = nodes_[key.node.value];
    __builtin_prefetch(owner, 1);
    if (owner)
      __builtin_prefetch(&owner->series, 1);
  }
  for (auto key : coming)
    if (auto owner = nodes_[key.node.value])
      if (auto series = owner->find(key.code))
        series->ring.prefetch();
}

void node_table::sweep(instant now, std::vector<event>& out) {
  for (auto address : addresses_) {
    auto& subject = *nodes_[address.value];
    if (subject.status == node_status::disconnected)
      continue;
    auto silence = now.mono - subject.silent_since;
    if (silence >= options_.disconnected_after)
      change(subject, node_status::disconnected, now.wall, out);
    else if (silence >= options_.idle_after)
      change(subject, node_status::idle, now.wall, out);
  }
}

std::variant<const reading*, failure> node_table::latest(node_address address,
                                                         type_code code) const noexcept {
  auto owner = find(address);
  if (!owner)
    return failure::node_not_found;
  auto series = owner->find(code);
  if (!series)
    return failure::data_type_not_found;
  return &series->ring.newest();
}

status_counters node_table::statuses() const noexcept {
  status_counters counts{.total = addresses_.size()};
  for (auto address : addresses_) {
    switch (nodes_[address.value]->status) {
      case node_status::active: ++counts.active; break;
      case node_status::idle: ++counts.idle; break;
      case node_status::disconnected: ++counts.disconnected; break;
    }
  }
  return counts;
}

/// The node that spoke: it exists and is active from now on.
node& node_table::touch(const event& cause, mono_time now, std::vector<event>& out) {
  auto& known = nodes_[cause.node.value];
  auto& subject = known ? *known : add(cause.node, std::nullopt, cause.time, out);
  if (!subject.heard && subject.first_heard == wall_time{}) // else of an earlier life
    subject.first_heard = cause.time;
  subject.heard = true;
  subject.last_heard = cause.time;
  subject.silent_since = now;
  change(subject, node_status::active, cause.time, out);
  return subject;
}

node& node_table::insert(node_address address) {
  auto& place = nodes_[address.value];
  place = &all_.emplace_back();
  place->address = address;
  addresses_.insert(std::ranges::lower_bound(addresses_, address), address);
  return *place;
}

node& node_table::add(node_address address, std::optional<node_uuid> uuid, wall_time time,
                      std::vector<event>& out) {
  auto& joined = insert(address);
  joined.uuid = uuid;
  out.push_back(about(joined, event_kind::node_joined, time));
  return joined;
}

/// A uuid from a snapshot or a node that joined; told when it is news.
void node_table::learn(const event& joined, std::vector<event>& out) {
  auto uuid = uuid_in(joined);
  auto& known = nodes_[joined.node.value];
  if (!known) {
    add(joined.node, uuid, joined.time, out);
  } else if (uuid && known->uuid != uuid) {
    known->uuid = uuid;
    out.push_back(about(*known, event_kind::node_joined, joined.time));
  }
}

std::optional<node_uuid> node_table::uuid_in(const event& joined) {
  std::optional<node_uuid> uuid;
  if (joined.data.size() == std::tuple_size_v<node_uuid>)
    std::ranges::copy(joined.data.view(), uuid.emplace().begin());
  return uuid;
}

/// The seq of the reading, or 0 when it is refused.
std::uint64_t node_table::store(node& owner, const event& what) {
  auto found = std::ranges::find(owner.series, what.code, &reading_series::code);
  if (found == owner.series.end()) {
    if (!may_add_series(owner)) {
      ++cache_.refused;
      return 0;
    }
    found = owner.series.insert(found, reading_series{.code = what.code});
    ++series_;
  }
  cache_.bytes += sizeof(reading) + what.data.heap_size();
  if (cache_.bytes > options_.cache_bytes && has_its_share(found->ring))
    evict_oldest(found->ring);
  auto before = found->ring.size();
  cache_.bytes -= found->ring.push(++last_seq_, what.time, what.data, options_.history_depth);
  cache_.readings += found->ring.size() - before;
  if (!found->ageing && found->ring.size() > 1)
    let_age(owner, *found);
  if (cache_.bytes > options_.cache_bytes)
    evict();
  return last_seq_;
}

void node_table::change(node& subject, node_status status, wall_time time,
                        std::vector<event>& out) {
  if (subject.status == status)
    return;
  subject.status = status;
  out.push_back(about(subject, event_kind::node_changed, time));
}

void node_table::disconnect_all(wall_time time, std::vector<event>& out) {
  for (auto address : addresses_)
    change(*nodes_[address.value], node_status::disconnected, time, out);
}

/// The latest reading of a series is never evicted, so their number is bounded by the budget.
bool node_table::may_add_series(const node& owner) const noexcept {
  constexpr auto worst_reading = sizeof(reading) + 255;
  return owner.series.size() < limits::types_per_node
         && (series_ + 1) * worst_reading <= std::max(options_.cache_bytes, worst_reading);
}

void node_table::let_age(node& owner, reading_series& series) {
  series.ageing = true;
  auto index = static_cast<std::uint32_t>(&series - owner.series.data());
  by_age_.push_back({series.ring.oldest().seq, &owner, index});
  std::ranges::push_heap(by_age_, is_younger);
}

/// Who has the average number of readings (rounded down) or more makes room for its own next one,
/// and drives out nobody else's. Where all are alike that is the oldest of all, and it lies where
/// the processor is already: 90 ns an update of 30,000 nodes, not 300.
bool node_table::has_its_share(const history_ring& ring) const noexcept {
  return ring.size() > 1 && (ring.size() + 1) * series_ > cache_.readings;
}

void node_table::evict_oldest(history_ring& ring) {
  cache_.bytes -= ring.pop_oldest();
  --cache_.readings;
  ++cache_.evicted;
}

/// Drops the oldest readings of all nodes, but never a latest one. A series whose oldest reading
/// has gone in its turn meanwhile is put where it belongs now.
void node_table::evict() {
  while (cache_.bytes > options_.cache_bytes && !by_age_.empty()) {
    std::ranges::pop_heap(by_age_, is_younger);
    auto& oldest = by_age_.back();
    auto& series = oldest.owner->series[oldest.index];
    if (series.ring.oldest().seq == oldest.seq && series.ring.size() > 1) {
      evict_oldest(series.ring);
      series.ring.shrink();
    }
    series.ageing = series.ring.size() > 1;
    oldest.seq = series.ring.oldest().seq;
    if (series.ageing)
      std::ranges::push_heap(by_age_, is_younger);
    else
      by_age_.pop_back();
  }
}

event node_table::about(const node& subject, event_kind kind, wall_time time) const {
  event what{.time = time, .mesh = options_.mesh, .node = subject.address, .kind = kind,
             .state = static_cast<std::uint8_t>(subject.status)};
  if (kind == event_kind::node_joined && subject.uuid)
    what.data = small_bytes{*subject.uuid};
  return what;
}

} // namespace xylem
