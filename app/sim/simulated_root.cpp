#include "app/sim/simulated_root.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace xylem {

namespace {

constexpr auto boot_log_after = 20ms; ///< a port that is opened is often flushed first
constexpr auto start_after = 300ms;
constexpr auto mesh_silence = 2s; ///< until nodes have found a restarted root again

/// How far behind the root may be and still make up for it.
constexpr auto catch_up = 1s;

sim_time period_of(double rate) {
  if (rate <= 0)
    return {};
  return sim_time{std::llround(std::min(1e9 / rate, static_cast<double>(max_sim_time.count())))};
}

std::optional<sim_time> if_ever(sim_time when) {
  if (when == sim_time::max())
    return std::nullopt;
  return when;
}

} // namespace

simulated_root::simulated_root(root_options options)
    : options_{std::move(options)}, codec_{make_root_codec(options_.dialect)},
      random_{options_.seed}, faults_{~options_.seed}, steps_{options_.steps},
      reader_{options_.reader}, line_{options_.baud} {
  validate(options_);
  for (std::size_t i = 1; i <= options_.nodes; ++i) {
    node_address address{static_cast<std::uint16_t>(i)};
    identities_.push_back({address, make_uuid(address, options_.seed)});
    nodes_.emplace_back(address, options_.seed);
  }
  due_.fill(never_due);
  auto set_period = [&](occasion what, sim_time period) {
    period_[static_cast<std::size_t>(what)] = period;
  };
  set_period(occasion::update, period_of(options_.rate));
  set_period(occasion::message, period_of(options_.message_rate));
  set_period(occasion::request, period_of(options_.request_rate));
  if (options_.heartbeat > 0s && options_.nodes > 0)
    set_period(occasion::heartbeat, options_.heartbeat / static_cast<int>(options_.nodes));
  due(occasion::step) = steps_.next_due().value_or(never_due);
  boot({});
}

void simulated_root::port_opened(sim_time now) {
  listener_ = true;
  ++statistics_.opens;
  if (options_.reset_on_open && now != booted_at_)
    boot(now);
}

void simulated_root::port_closed(sim_time) {
  listener_ = false;
  line_.clear();
}

void simulated_root::advance(sim_time now, bytes& out, std::size_t room) {
  auto limit = out.size() + room;
  out_ = &out;
  if (was_full_)
    skip_turns(now);
  do {
    run_until(now, limit);
    flood(now, limit);
    was_full_ = is_full(limit);
  } while (line_.release(now, out, limit - std::min(limit, out.size())));
  out_ = nullptr;
}

std::optional<sim_time> simulated_root::next_due() const noexcept {
  auto when = is_flooding() ? mesh_back_at_ : never_due;
  when = std::min(when, next_occasion(occasions).second);
  if (line_.is_full())
    when = next_occasion(interruptions).second;
  return if_ever(std::min(when, line_.next_release()));
}

std::optional<sim_time> simulated_root::next_interruption() const noexcept {
  return if_ever(next_occasion(interruptions).second);
}

port_condition simulated_root::condition() const noexcept {
  if (detached_)
    return port_condition::detached;
  return is_stalled() ? port_condition::stalled : port_condition::attached;
}

bool simulated_root::is_stalled() const noexcept {
  return due_[static_cast<std::size_t>(occasion::thaw)] != never_due;
}

bool simulated_root::finished() const noexcept {
  auto sent = statistics_.frames[static_cast<std::size_t>(sim_frame::update)];
  return options_.count > 0 && sent >= options_.count;
}

sim_statistics simulated_root::statistics() const {
  auto copy = statistics_;
  copy.lost_at_mark = reader_.lost_at_mark();
  return copy;
}

std::pair<simulated_root::occasion, sim_time>
simulated_root::next_occasion(std::size_t among) const noexcept {
  auto count = is_stalled() ? interruptions : among;
  const auto* first = std::min_element(due_.data(), due_.data() + count);
  return {static_cast<occasion>(first - due_.data()), *first};
}

bool simulated_root::is_full(std::size_t limit) const noexcept {
  return line_.is_paced() ? line_.is_full() : out_->size() >= limit;
}

void simulated_root::run_until(sim_time now, std::size_t limit) {
  for (;;) {
    auto [what, when] = next_occasion(is_full(limit) ? interruptions : occasions);
    if (when > now)
      return;
    fire(what, when);
  }
}

void simulated_root::fire(occasion what, sim_time when) {
  switch (what) {
  case occasion::step: return take_step(when);
  case occasion::reattach: return reattach(when);
  case occasion::thaw: return thaw(when);
  case occasion::block:
    if (auto block = reader_.expire(when))
      handle(*block);
    due(occasion::block) = reader_.deadline().value_or(never_due);
    return;
  case occasion::task: return run_task();
  case occasion::join: return join(when);
  case occasion::snapshot: return send_snapshot(when);
  case occasion::update:
  case occasion::message:
  case occasion::request:
  case occasion::heartbeat: return take_turn(what, when);
  case occasion::never: return;
  }
}

void simulated_root::boot(sim_time when) {
  auto first = statistics_.boots == 0;
  for (auto what : {occasion::thaw, occasion::block, occasion::join, occasion::snapshot,
                    occasion::update, occasion::message, occasion::request, occasion::heartbeat})
    due(what) = never_due;
  tasks_.clear();
  reader_.reset();
  requests_.forget_open();
  snapshots_ = 0;
  running_ = false;
  booted_at_ = when;
  mesh_back_at_ = when + start_after + (first ? 0s : mesh_silence);
  schedule(when + boot_log_after, {task::kind::boot_log, root_address, {}});
  schedule(when + start_after, {task::kind::start, root_address, {}});
}

void simulated_root::start(sim_time when) {
  running_ = true;
  ++statistics_.boots;
  payload_.clear();
  codec_->append_restarted(payload_);
  transmit(sim_frame::restarted, when);
  join_began_at_ = mesh_back_at_;
  if (joined_ < options_.nodes)
    due(occasion::join) = join_began_at_;
  if (finished())
    return;
  for (auto what : {occasion::update, occasion::message, occasion::request, occasion::heartbeat})
    if (auto period = period_[static_cast<std::size_t>(what)]; period > 0s)
      due(what) = when + period;
}

void simulated_root::take_step(sim_time when) {
  auto step = steps_.take();
  due(occasion::step) = steps_.next_due().value_or(never_due);
  // Faults of the line are counted when they strike.
  auto strikes_now =
      !is_line_fault(step.action) || (step.action == sim_action::garbage && step.probability == 0);
  statistics_.faults[static_cast<std::size_t>(step.action)] += strikes_now ? 1 : 0;
  apply(step, when);
}

void simulated_root::apply(const sim_step& step, sim_time when) {
  switch (step.action) {
  case sim_action::unplug:
  case sim_action::power_cycle: return detach(step, when);
  case sim_action::reset: return boot(when);
  case sim_action::stall: due(occasion::thaw) = when + step.duration; return;
  case sim_action::garbage:
    if (step.probability > 0)
      return faults_.apply(step, when);
    payload_.clear();
    faults_.append_garbage(payload_, step.bytes);
    return print(text_of(payload_), when);
  case sim_action::flip:
  case sim_action::truncate:
  case sim_action::log_inside: return faults_.apply(step, when);
  }
}

void simulated_root::detach(const sim_step& step, sim_time when) {
  auto back = when + step.duration;
  due(occasion::reattach) = detached_ ? std::max(due(occasion::reattach), back) : back;
  boots_when_attached_ |= step.action == sim_action::power_cycle;
  detached_ = true;
  listener_ = false;
  line_.clear();
}

void simulated_root::reattach(sim_time when) {
  due(occasion::reattach) = never_due;
  detached_ = false;
  if (std::exchange(boots_when_attached_, false))
    boot(when);
}

void simulated_root::thaw(sim_time when) {
  due(occasion::thaw) = never_due;
  skip_turns(when + catch_up);
}

void simulated_root::skip_turns(sim_time now) {
  for (auto what : {occasion::update, occasion::message, occasion::request, occasion::heartbeat}) {
    auto& next = due(what);
    if (next == never_due || next > now - catch_up)
      continue;
    auto period = period_[static_cast<std::size_t>(what)];
    auto behind = (now - catch_up - next) / period + 1;
    next += behind * period;
    statistics_.skipped_turns += static_cast<std::uint64_t>(behind);
  }
}

} // namespace xylem
