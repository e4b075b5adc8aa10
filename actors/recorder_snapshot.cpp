// How the recorder takes and reads snapshots (record §3).
#include "actors/recorder.hpp"

#include "protocol/command_recovery.hpp"

namespace xylem {

namespace {

constexpr auto owner_timeout = std::chrono::seconds{5};

/// Nodes that the node cache copies at a time: some 100 µs.
constexpr std::size_t nodes_a_page = 128;

/// About what an event takes in the log, and how long a snapshot may be put off.
constexpr std::uint64_t event_bytes = 64;
constexpr auto longest_without_snapshot = std::chrono::hours{1};

/// Events of the log that are read for who starts: half a second, while everything waits. Without a
/// snapshot it would be the whole log.
constexpr std::size_t most_since = 500'000;

/// After a crash: numbers of readings and commands that may have been given out and not been
/// recorded.
constexpr std::uint64_t readings_unknown = 1U << 20;
constexpr std::uint64_t commands_unknown = 1U << 16;

/// The same when there is a log that cannot be read now: it may have more than an hour of them.
constexpr std::uint64_t numbers_unread = std::uint64_t{1} << 32;

bool concerns_nodes(const event& what) {
  using enum event_kind;
  return what.kind == reading || what.kind == node_joined || what.kind == message
         || what.kind == request;
}

} // namespace

struct recorder_core::snapshot_walk {
  saved_state state;
};

// -- taking one

/// The owners are asked page by page, while they go on: what is newer than the cursor is in the
/// log, too, and is told apart by its numbers.
void recorder_core::begin_snapshot() {
  auto now = env_.clock.now();
  snapshot_at_ = now.mono + settings_.recorder.snapshot_period;
  auto is_due = stopping_ || (!budget_.is_used_up(now.wall) && is_snapshot_worth_it());
  if (walk_ || !wired_ || !is_due)
    return;
  walk_ = std::make_shared<snapshot_walk>();
  walk_->state.taken = now.wall;
  walk_->state.reached = progress_.position();
  walk_->state.meshes.push_back({.name = settings_.meshes.front().name});
  ask_for_nodes(walk_);
}

/// What is in the log is not lost without a snapshot, it only takes longer to read: as long as it
/// is less than a snapshot, writing one would only wear the disk.
bool recorder_core::is_snapshot_worth_it() const {
  if (progress_.position() == saved_at_)
    return false;
  auto since = progress_.counters().recorded - recorded_when_saved_;
  return saved_bytes_ == 0 || since * event_bytes >= saved_bytes_
         || env_.clock.now().mono - saved_mono_ >= longest_without_snapshot;
}

void recorder_core::ask_for_nodes(const std::shared_ptr<snapshot_walk>& walk) {
  auto& meshes = walk->state.meshes;
  auto cache = wiring_.meshes[meshes.size() - 1].node_cache;
  if (!cache)
    return give_up_snapshot("the node cache is restarted");
  const auto& nodes = meshes.back().nodes;
  auto after = nodes.empty() ? std::nullopt : std::optional{nodes.back().address};
  self_->request(cache, owner_timeout, save_query{after, nodes_a_page})
    .then(
      [this, walk](saved_nodes& page) {
        auto& mesh = walk->state.meshes.back();
        std::ranges::move(page.nodes, std::back_inserter(mesh.nodes));
        mesh.last_reading = page.last_reading;
        if (page.complete)
          ask_for_commands(walk);
        else
          ask_for_nodes(walk);
      },
      [this](const caf::error&) { give_up_snapshot("a node cache does not answer"); });
}

void recorder_core::ask_for_commands(const std::shared_ptr<snapshot_walk>& walk) {
  auto& meshes = walk->state.meshes;
  auto manager = wiring_.meshes[meshes.size() - 1].network_manager;
  if (!manager)
    return give_up_snapshot("the network manager is restarted");
  self_->request(manager, owner_timeout, save_atom::value)
    .then(
      [this, walk](saved_commands& ledger) {
        auto& all = walk->state.meshes;
        all.back().commands = std::move(ledger.commands);
        all.back().last_command = ledger.last_command;
        if (all.size() == settings_.meshes.size())
          return end_snapshot(walk);
        all.push_back({.name = settings_.meshes[all.size()].name});
        ask_for_nodes(walk);
      },
      [this](const caf::error&) { give_up_snapshot("a network manager does not answer"); });
}

void recorder_core::end_snapshot(const std::shared_ptr<snapshot_walk>& walk) {
  walk_.reset();
  auto reached = walk->state.reached;
  auto taken = walk->state.taken;
  try {
    saved_bytes_ = snapshots_->save(std::move(walk->state));
    saved_at_ = reached;
    saved_time_ = taken;
    budget_.wrote(saved_bytes_, env_.clock.now().wall);
    saved_mono_ = env_.clock.now().mono;
    recorded_when_saved_ = progress_.counters().recorded;
    ++snapshots_taken_;
    snapshot_failure_.clear();
    loaded_.reset();
  } catch (const std::exception& error) {
    if (snapshot_failure_ != error.what())
      log_.error("the state cannot be saved; the one saved before stays",
                 {{"reason", error.what()}});
    snapshot_failure_ = error.what();
  }
  if (stopping_)
    self_->quit(caf::exit_reason::user_shutdown);
}

/// The one before stays: half a state is never written.
void recorder_core::give_up_snapshot(std::string_view why) {
  walk_.reset();
  log_.warning("the state was not saved this time; the one saved before stays", {{"reason", why}});
  if (stopping_)
    self_->quit(caf::exit_reason::user_shutdown);
}

// -- reading one

void recorder_core::load_snapshot() {
  auto found = snapshots_->load();
  for (const auto& line : found.refused)
    log_.error("a saved state cannot be used, and is passed over", {{"reason", line}});
  loaded_ = std::move(found.state);
  without_nodes_.clear();
}

caf::result<restored_mesh> recorder_core::restore(restore_query asked) {
  auto promise = self_->make_response_promise<restored_mesh>();
  when_up_to_date([this, promise, asked]() mutable {
    auto restored = [&] {
      return asked.what == restore_query::part::nodes ? restored_nodes(asked.mesh)
                                                      : restored_commands(asked.mesh);
    };
    try {
      promise.deliver(restored());
    } catch (const database_error& error) {
      failed(error);
      database_.reset(); // from the snapshot alone, then
      promise.deliver(restored());
    }
  });
  return promise;
}

/// From the snapshot; an empty one of that name when it is not in it.
saved_mesh& recorder_core::snapshot_of(mesh_index mesh) {
  if (!loaded_)
    load_snapshot();
  if (!loaded_)
    loaded_.emplace();
  const auto& name = settings_.meshes[mesh.value].name;
  auto& meshes = loaded_->meshes;
  auto found = std::ranges::find(meshes, name, &saved_mesh::name);
  return found != meshes.end() ? *found : meshes.emplace_back(saved_mesh{.name = name});
}

/// What the log says of the time after the snapshot. How many numbers may have been given out that
/// nobody knows of.
recorder_core::unknown_numbers
recorder_core::each_since(const std::function<void(const event&)>& visit) {
  if (!database_)
    return {numbers_unread, numbers_unread};
  auto from = loaded_->reached;
  auto newest = database_->before_newest(most_since);
  auto is_cut = std::pair{newest.epoch, newest.seq} > std::pair{from.epoch, from.seq};
  auto any = false;
  database_->for_each_event(is_cut ? newest : from, [&](std::uint64_t, const event& what) {
    any = true;
    visit(what);
  });
  if (is_cut) // nobody knows the commands before
    return {readings_unknown, numbers_unread};
  auto is_all = !any && database_->has_ended();
  return is_all ? unknown_numbers{} : unknown_numbers{readings_unknown, commands_unknown};
}

/// Nodes are most of a state, so they are not kept twice: who asks again has them read again.
restored_mesh recorder_core::restored_nodes(mesh_index mesh) {
  if (without_nodes_.contains(mesh))
    load_snapshot();
  auto& snapshot = snapshot_of(mesh);
  auto was = std::make_shared<saved_mesh>(saved_mesh{.name = snapshot.name,
                                                     .last_reading = snapshot.last_reading,
                                                     .nodes = std::exchange(snapshot.nodes, {})});
  without_nodes_.insert(mesh);
  std::vector<event> since;
  auto unknown = each_since([&](const event& what) {
    if (what.mesh != mesh || !concerns_nodes(what))
      return;
    if (what.kind == event_kind::reading)
      was->last_reading = std::max(was->last_reading, what.id);
    since.push_back(what);
  });
  if (database_)
    was->last_reading = std::max(was->last_reading, database_->last_reading(mesh));
  was->last_reading += unknown.readings;
  return {std::move(was), std::make_shared<const std::vector<event>>(std::move(since))};
}

/// Numbers of commands go on behind those of all meshes: there may be more of them, or less, now.
restored_mesh recorder_core::restored_commands(mesh_index mesh) {
  const auto& snapshot = snapshot_of(mesh);
  command_recovery commands{snapshot, settings_.meshes[mesh.value].command_ttl};
  std::uint64_t last = 0;
  for (const auto& each : loaded_->meshes)
    last = std::max(last, each.last_command);
  auto unknown = each_since([&](const event& what) {
    if (what.kind != event_kind::command)
      return;
    last = std::max(last, what.id);
    if (what.mesh == mesh)
      commands.apply(what);
  });
  restored_mesh restored;
  auto left = std::exchange(left_[mesh], {});
  for (const auto& what : left.commands) {
    last = std::max(last, what.id);
    if (commands.apply(what))
      restored.untold.push_back({what.id});
  }
  auto was = std::make_shared<saved_mesh>();
  was->commands = commands.commands();
  was->last_command = last + unknown.commands;
  restored.was = std::move(was);
  restored.handed_over = std::move(left.handed_over);
  return restored;
}

} // namespace xylem
