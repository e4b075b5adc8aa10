#include "protocol/command_ledger.hpp"

namespace xylem {

std::size_t command_size(const command& what) noexcept {
  constexpr std::size_t word = 5, address = 2, length = 1, end = 1;
  return word + address + length + what.message.size() + end;
}

command_ledger::command_ledger(ledger_settings settings)
    : settings_{settings}, next_id_{settings.first_id} {}

std::variant<command_id, failure> command_ledger::accept(command what, instant now) {
  if (auto reason = refusal(what, command_origin::client)) {
    ++counters_.refused;
    return *reason;
  }
  return add(std::move(what), command_origin::client, now);
}

std::optional<command_id> command_ledger::accept_own(command what, instant now) {
  auto is_same = [&](const command_record& each) {
    return each.origin == command_origin::gateway && each.what == what;
  };
  if (refusal(what, command_origin::gateway) || std::ranges::any_of(waiting_, is_same))
    return std::nullopt;
  return add(std::move(what), command_origin::gateway, now);
}

std::vector<command_record> command_ledger::link_up() {
  connected_ = true;
  return {waiting_.begin(), waiting_.end()};
}

const command_record* command_ledger::written(command_id id, instant now) {
  if (auto position = waiting_position(id))
    return finish(*position, command_state::written, now, counters_.written);
  auto found = std::ranges::find(finished_, id, &command_record::id);
  if (found == finished_.end() || found->state != command_state::expired)
    return nullptr;
  --counters_.expired;
  ++counters_.written;
  found->state = command_state::written;
  found->finished = now.wall;
  return &*found;
}

const command_record* command_ledger::fail(command_id id, failure reason, instant now) {
  auto position = waiting_position(id);
  if (!position)
    return nullptr;
  waiting_[*position].reason = reason;
  return finish(*position, command_state::failed, now, counters_.failed);
}

const command_record* command_ledger::give_up(command_id id, instant now) {
  auto position = waiting_position(id);
  if (!position)
    return nullptr;
  return finish(*position, command_state::unknown, now, counters_.unknown);
}

std::vector<command_record> command_ledger::expire(instant now) {
  std::vector<command_record> expired;
  while (!waiting_.empty() && waiting_.front().deadline.mono <= now.mono) {
    expired.emplace_back();
    expired.back() = *finish(0, command_state::expired, now, counters_.expired);
  }
  return expired;
}

std::optional<mono_time> command_ledger::next_deadline() const noexcept {
  return waiting_.empty() ? std::nullopt : std::optional{waiting_.front().deadline.mono};
}

const command_record* command_ledger::find(command_id id) const noexcept {
  if (auto position = waiting_position(id))
    return &waiting_[*position];
  auto found = std::ranges::find(finished_, id, &command_record::id);
  return found == finished_.end() ? nullptr : &*found;
}

void command_ledger::restore(const command_record& was) {
  if (find(was.id))
    return;
  number_from(was.id);
  if (was.state != command_state::accepted) {
    finished_.push_back(was);
    forget_the_oldest();
    return;
  }
  // Where the wall clock was set back between two commands, the later one waits for the earlier.
  auto deadline = was.deadline;
  if (!waiting_.empty() && waiting_.back().deadline.mono > deadline.mono)
    deadline = waiting_.back().deadline;
  waiting_.emplace_back(was).deadline = deadline;
  ++counters_.accepted;
  waiting_bytes_ += command_size(was.what);
}

void command_ledger::number_from(command_id last) noexcept {
  last_id_ = std::max(last_id_, last);
  if (last.value >= next_id_)
    next_id_ += ((last.value - next_id_) / settings_.id_step + 1) * settings_.id_step;
}

std::vector<command_record> command_ledger::all() const {
  std::vector<command_record> found{finished_.begin(), finished_.end()};
  found.insert(found.end(), waiting_.begin(), waiting_.end());
  std::ranges::sort(found, {}, &command_record::id);
  return found;
}

command_counters command_ledger::counters() const noexcept {
  auto all = counters_;
  all.waiting = waiting_.size();
  return all;
}

std::optional<failure> command_ledger::refusal(const command& what,
                                               command_origin origin) const noexcept {
  if (what.message.size() > limits::max_message)
    return failure::message_too_long;
  if (!connected_)
    return failure::no_serial_connection;
  auto is_full = waiting_.size() >= settings_.commands
                 || waiting_bytes_ + command_size(what) > settings_.bytes;
  if (origin == command_origin::client && is_full)
    return failure::queue_full;
  return std::nullopt;
}

command_id command_ledger::add(command what, command_origin origin, instant now) {
  auto id = command_id{next_id_};
  auto size = command_size(what);
  auto deadline = instant{now.mono + settings_.ttl, now.wall + settings_.ttl};
  waiting_.push_back(
      {.id = id, .what = std::move(what), .origin = origin, .accepted = now, .deadline = deadline});
  last_id_ = id;
  next_id_ += settings_.id_step;
  ++counters_.accepted;
  waiting_bytes_ += size;
  return id;
}

/// Takes what memory it needs first: a command is in one of the two lists, and in one of the sums.
const command_record* command_ledger::finish(std::size_t position, command_state state,
                                             instant now, std::uint64_t& sum) {
  finished_.emplace_back();
  auto record = std::move(waiting_[position]);
  waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(position));
  waiting_bytes_ -= command_size(record.what);
  record.state = state;
  record.finished = now.wall;
  ++sum;
  finished_.back() = std::move(record);
  return &forget_the_oldest();
}

const command_record& command_ledger::forget_the_oldest() {
  if (finished_.size() > std::max<std::size_t>(settings_.finished, 1))
    finished_.pop_front();
  return finished_.back();
}

std::optional<std::size_t> command_ledger::waiting_position(command_id id) const noexcept {
  auto found = std::ranges::lower_bound(waiting_, id, {}, &command_record::id);
  if (found == waiting_.end() || found->id != id)
    return std::nullopt;
  return static_cast<std::size_t>(found - waiting_.begin());
}

} // namespace xylem
