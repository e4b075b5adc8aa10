#include "app/sim/simulated_root.hpp"

#include "app/sim/boot_log.hpp"

#include <algorithm>

namespace xylem {

namespace {

constexpr std::size_t max_tasks = 4096;
constexpr std::size_t max_snapshots = 16;

/// Nodes that answer a broadcast.
constexpr std::size_t broadcast_answers = 64;

/// The way to a node and back.
constexpr auto shortest_trip = 20ms;
constexpr auto longest_trip = 200ms;

constexpr auto join_after_clean = 1s;

} // namespace

void simulated_root::receive(bytes_view written, sim_time now) {
  if (!running_ || detached_) {
    statistics_.ignored_bytes += written.size();
    return;
  }
  for (const auto& block : reader_.feed(written, now))
    handle(block);
  if (running_)
    due(occasion::block) = reader_.deadline().value_or(never_due);
}

void simulated_root::handle(const command_block& block) {
  for (const auto& frame : block.frames) {
    if (!running_) // a command of this block has restarted the root
      return;
    obey(codec_->parse(frame), block.when);
  }
  if (running_ && block.half_message) {
    ++statistics_.half_messages;
    complain("[Warning] Buffer might have remaining half message!!", block.when);
  }
}

void simulated_root::obey(const sim_command& command, sim_time when) {
  ++statistics_.commands[static_cast<std::size_t>(command.kind)];
  switch (command.kind) {
  case sim_command_kind::network_info: return want_snapshot(when);
  case sim_command_kind::send: return deliver(command, when);
  case sim_command_kind::answer: return take_answer(command);
  case sim_command_kind::broadcast: return broadcast(command.message, when);
  case sim_command_kind::reset_root: return boot(when);
  case sim_command_kind::clean: return clean(when);
  case sim_command_kind::broken: return complain(command.error, when);
  }
}

void simulated_root::want_snapshot(sim_time when) {
  if (snapshots_ == max_snapshots) {
    ++statistics_.dropped_replies;
    return;
  }
  if (snapshots_++ == 0) {
    snapshot_at_ = 0;
    due(occasion::snapshot) = when;
  }
}

void simulated_root::clean(sim_time when) {
  joined_ = 0;
  requests_.forget_open();
  join_began_at_ = std::max(when + join_after_clean, mesh_back_at_);
  due(occasion::join) = nodes_.empty() ? never_due : join_began_at_;
}

void simulated_root::deliver(const sim_command& command, sim_time when) {
  if (command.node != root_address && !is_member(command.node))
    return complain("Error: Node Not Found", when);
  echo(command.node, command.message, when);
}

void simulated_root::broadcast(bytes_view message, sim_time when) {
  for (std::size_t i = 0; i < std::min(joined_, broadcast_answers); ++i)
    echo(identities_[i].address, message, when);
}

void simulated_root::take_answer(const sim_command& command) {
  auto wanted = requests_.answer(command.node, command.message);
  ++(wanted ? statistics_.answered_requests : statistics_.needless_answers);
}

void simulated_root::echo(node_address from, bytes_view message, sim_time when) {
  auto trip = static_cast<std::size_t>(sim_time{longest_trip - shortest_trip}.count());
  auto delay = from == root_address
                   ? sim_time{}
                   : shortest_trip + sim_time{static_cast<std::int64_t>(random_.below(trip))};
  auto text = copy_of(view_of("echo: "));
  append(text, message);
  schedule(when + delay, {task::kind::echo, from, std::move(text)});
}

void simulated_root::complain(std::string_view text, sim_time when) {
  schedule(when, {task::kind::complaint, root_address, copy_of(view_of(text))});
}

void simulated_root::schedule(sim_time when, task what) {
  if (tasks_.size() == max_tasks) {
    ++statistics_.dropped_replies;
    return;
  }
  tasks_.emplace(when, std::move(what));
  due(occasion::task) = tasks_.begin()->first;
}

void simulated_root::run_task() {
  auto entry = tasks_.extract(tasks_.begin());
  due(occasion::task) = tasks_.empty() ? never_due : tasks_.begin()->first;
  auto when = entry.key();
  auto& [what, node, text] = entry.mapped();
  payload_.clear();
  switch (what) {
  case task::kind::boot_log: return print(boot_log(), when);
  case task::kind::start: return start(when);
  case task::kind::complaint:
    codec_->append_log(payload_, text_of(text));
    return transmit(sim_frame::log, when);
  case task::kind::echo:
    if (node != root_address && (!is_member(node) || when < mesh_back_at_))
      return;
    codec_->append_message(payload_, node, text);
    return transmit(sim_frame::message, when);
  }
}

bool simulated_root::is_member(node_address node) const noexcept {
  return node.value >= 1 && node.value <= joined_;
}

} // namespace xylem
