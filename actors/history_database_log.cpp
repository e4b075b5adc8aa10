#include "actors/history_database_log.hpp"

#include <algorithm>
#include <stdexcept>

namespace xylem::record {

namespace {

/// Between two lives: events of the earlier one that were never recorded have ids of their own.
constexpr std::int64_t ids_between_lives = 1 << 20;

constexpr auto most = std::numeric_limits<std::int64_t>::max();

} // namespace

event_log::event_log(connection& with, const mesh_numbers& meshes, database_state& state)
    : with_{with}, meshes_{meshes}, state_{state},
      insert_{with.sqlite(), "INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?)"},
      first_id_{with.sqlite(), "SELECT id FROM event WHERE id > ? AND id <= ? ORDER BY id LIMIT 1"},
      select_{with.sqlite(), "SELECT id, time, mesh, node, kind, state, code, number, data"
                             " FROM event WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"} {}

cursor event_log::reached() const noexcept {
  if (state_.lives.empty())
    return {};
  return {state_.lives.back().epoch, state_.lives.back().last};
}

void event_log::append(std::uint64_t epoch, std::span<const event> events) {
  if (events.empty())
    return;
  require_order(epoch, events);
  transaction all{with_};
  auto of = epoch == reached().epoch ? state_.lives.back() : begin_life(epoch);
  write(of, events);
  state_.lives.reserve(state_.lives.size() + 1); // once it is committed, nothing may fail
  all.commit();
  now_holds(of, events);
}

void event_log::require_order(std::uint64_t epoch, std::span<const event> events) const {
  auto [newest, last] = reached();
  if (epoch == 0 || epoch > most || epoch < newest)
    throw std::logic_error{"events of an earlier life of the hub"};
  if (epoch != newest)
    last = 0;
  for (const auto& what : events) {
    if (what.seq <= last || what.seq > most / 2)
      throw std::logic_error{"events that are not in order"};
    if (!meshes_.knows(what.mesh))
      throw std::logic_error{"an event of a mesh that is not configured"};
    last = what.seq;
  }
}

/// The last event of the life before is told with it: from now on the log does not tell it any
/// more.
life event_log::begin_life(std::uint64_t epoch) {
  life next{.epoch = epoch,
            .base = state_.lives.empty() ? 0 : state_.last_id() + ids_between_lives};
  if (!state_.lives.empty()) {
    SQLite::Statement close{with_.sqlite(), "UPDATE life SET last = ? WHERE epoch = ?"};
    execution{close, state_.lives.back().last, state_.lives.back().epoch}.run();
  }
  SQLite::Statement open{with_.sqlite(), "INSERT INTO life VALUES(?, ?, 0, 0)"};
  execution{open, epoch, next.base}.run();
  return next;
}

void event_log::write(const life& of, std::span<const event> events) {
  if (of.ended) // it was not, after all
    with_.sqlite().exec("UPDATE life SET ended = 0 WHERE epoch = " + std::to_string(of.epoch));
  for (const auto& what : events)
    execution{insert_,         of.id_of(what.seq),
              what.time,       meshes_.number_of(what.mesh),
              what.node.value, static_cast<int>(what.kind),
              what.state,      what.code.view(),
              what.id,         what.data.view()}
        .run();
}

void event_log::now_holds(const life& of, std::span<const event> events) {
  if (reached().epoch != of.epoch)
    state_.lives.push_back(of);
  state_.lives.back().last = events.back().seq;
  state_.lives.back().ended = false;
  state_.later_events += std::ssize(events);
  for (const auto& what : events) {
    if (!is_for_series(what))
      continue;
    ++state_.unpacked;
    auto& last = state_.last_readings[what.mesh.value];
    last = std::max(last, what.id);
  }
}

void event_log::end_life(cursor last) {
  if (state_.lives.empty() || last.epoch != reached().epoch || last.seq < reached().seq)
    return; // of a life of which nothing was recorded, or that went on
  transaction all{with_};
  SQLite::Statement end{with_.sqlite(), "UPDATE life SET last = ?, ended = 1 WHERE epoch = ?"};
  execution{end, last.seq, last.epoch}.run();
  all.commit();
  state_.lives.back().last = last.seq;
  state_.lives.back().ended = true;
}

cursor event_log::before_newest(std::size_t events) {
  SQLite::Statement nth{with_.sqlite(), "SELECT id FROM event ORDER BY id DESC LIMIT 1 OFFSET ?"};
  execution row{nth, std::min(events, std::size_t{1} << 30)};
  if (!row.next())
    return {};
  auto id = row.number(0);
  auto of = std::ranges::lower_bound(state_.lives, id, {}, &life::last_id);
  if (of == state_.lives.end())
    throw database_error{database_fault::corrupt, "an event of no life"};
  return {of->epoch, of->seq_of(id)};
}

void event_log::for_each_event(cursor after,
                               const std::function<void(std::uint64_t, const event&)>& visit) {
  SQLite::Statement select{with_.sqlite(), select_.getQuery()};
  for (auto of = life_at_or_after(after.epoch); of != state_.lives.end(); ++of) {
    auto seen = of->epoch == after.epoch ? std::min(after.seq, of->last) : 0;
    for (execution row{select, of->id_of(seen), of->last_id(), most}; row.next();)
      if (auto what = event_of(row, *of))
        visit(of->epoch, *what);
  }
}

std::optional<wall_time> event_log::oldest() {
  SQLite::Statement first{with_.sqlite(), "SELECT time FROM event ORDER BY id LIMIT 1"};
  execution row{first};
  return row.next() ? std::optional{row.time(0)} : std::nullopt;
}

std::vector<life>::const_iterator event_log::life_at_or_after(std::uint64_t epoch) const noexcept {
  return std::ranges::lower_bound(state_.lives, epoch, {}, &life::epoch);
}

std::optional<std::int64_t> event_log::first_id(std::int64_t after, std::int64_t up_to) {
  execution row{first_id_, after, up_to};
  return row.next() ? std::optional{row.number(0)} : std::nullopt;
}

/// Nothing for a mesh that is not configured any more; throws for what no event can be.
std::optional<event> event_log::event_of(const execution& row, const life& of) const {
  auto mesh = meshes_.find(row.number(2));
  if (!mesh)
    return std::nullopt;
  auto node = row.number(3), kind = row.number(4), state = row.number(5);
  auto code = row.data(6);
  if (node != static_cast<std::uint16_t>(node) || state != static_cast<std::uint8_t>(state)
      || kind < 0 || kind > static_cast<int>(event_kind::gap) || code.size() > type_code::max_size)
    throw database_error{database_fault::corrupt, "an event that cannot be"};
  return event{.seq = of.seq_of(row.number(0)),
               .time = row.time(1),
               .id = row.unsigned_number(7),
               .mesh = *mesh,
               .node = {static_cast<std::uint16_t>(node)},
               .code = type_code{code},
               .kind = static_cast<event_kind>(kind),
               .state = static_cast<std::uint8_t>(state),
               .data = small_bytes{row.data(8)}};
}

} // namespace xylem::record
