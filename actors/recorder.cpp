#include "actors/recorder.hpp"

#include "actors/error.hpp"

namespace xylem {

namespace {

constexpr auto hub_timeout = std::chrono::seconds{5};

} // namespace

recorder_core::recorder_core(recorder_actor::pointer self, const gateway_settings& settings,
                             environment& env, supervisor_actor parent)
    : self_{self}, settings_{settings}, env_{env}, log_{env.log, "recorder"},
      parent_{std::move(parent)}, budget_{settings.recorder.max_bytes_per_day} {
  for (const auto& mesh : settings.meshes)
    types_.push_back(mesh.registry());
}

void recorder_core::start() {
  auto now = env_.clock.now();
  folder_.emplace(settings_.state_dir);
  snapshots_.emplace(folder_->path());
  read_left_commands();
  open_database();
  load_snapshot();
  clean_at_ = now.mono + pack_period;
  snapshot_at_ = now.mono + settings_.recorder.snapshot_period;
  auto last = database_ ? database_->reached().epoch : 0;
  self_->send(parent_, ready_atom::value, std::max(last, loaded_ ? loaded_->reached.epoch : 0));
}

/// Before anything that may take long: who is started without waiting for us writes over them.
void recorder_core::read_left_commands() {
  for (std::uint16_t i = 0; env_.journal && i < settings_.meshes.size(); ++i)
    left_[{i}] = {env_.journal->left_commands(settings_.meshes[i].name),
                  env_.journal->handed_over(settings_.meshes[i].name)};
}

void recorder_core::connect(const gateway_wiring& wiring) {
  auto fresh_hub = wiring.event_hub && wiring_.event_hub != wiring.event_hub;
  auto had_hub = static_cast<bool>(wiring_.event_hub);
  wiring_ = wiring;
  wired_ = true;
  if (!fresh_hub)
    return;
  if (had_hub)
    recover_journal(progress_.newest().epoch);
  pulling_ = false; // the old one will not answer
  take_news();
}

/// Events are collected for a while, from the first one on.
void recorder_core::take_news() {
  if (!std::exchange(news_, true))
    pull_at_ = env_.clock.now().mono + budget_.batch_time(env_.clock.now().wall);
  schedule();
}

void recorder_core::tick() {
  tick_at_.reset();
  auto now = env_.clock.now();
  if (news_ && now.mono >= pull_at_)
    pull();
  if (now.mono >= snapshot_at_)
    begin_snapshot();
  if (now.mono >= clean_at_)
    keep_house(now.wall);
  schedule();
}

void recorder_core::schedule() {
  auto due = std::min(clean_at_, snapshot_at_);
  if (news_ && !pulling_)
    due = std::min(due, pull_at_);
  if (tick_at_ && *tick_at_ <= due)
    return;
  tick_at_ = due;
  auto wait = std::max(due - env_.clock.now().mono, mono_time::duration::zero());
  self_->delayed_send(recorder_actor{self_}, wait, tick_atom::value);
}

// -- from the hub to the disk

void recorder_core::pull() {
  if (pulling_ || !wiring_.event_hub)
    return;
  pulling_ = true;
  ++pulls_;
  auto now = env_.clock.now();
  if (!database_)
    open_database();
  if (budget_.is_used_up(now.wall))
    degrade("the write budget of the day is used up");
  auto may_write = database_ && !budget_.is_used_up(now.wall);
  auto hub = wiring_.event_hub;
  self_->request(hub, hub_timeout, progress_.next(may_write ? limits::recorded_at_once : 0))
    .then(
      [this, hub](replay_page& page) {
        if (hub == wiring_.event_hub)
          took(std::move(page));
      },
      [this, hub](const caf::error& error) {
        if (hub != wiring_.event_hub)
          return;
        pulling_ = false;
        pull_at_ = env_.clock.now().mono + retry_period;
        log_.warning("events cannot be fetched for the record; it is tried again",
                     {{"reason", describe(error)}});
        answer_all();
        if (stopping_)
          return end();
        schedule();
      });
}

/// Page after page until nothing is left, then the hub will say when there is more.
void recorder_core::took(replay_page page) {
  pulling_ = false;
  auto now = env_.clock.now();
  auto had_lost = progress_.counters().not_recorded;
  progress_.look(page);
  if (auto lost = progress_.counters().not_recorded - had_lost)
    log_.warning("events are lost to the record: memory was full before they could be written",
                 {{"events", lost}});
  auto is_written = database_ && !budget_.is_used_up(now.wall) && write(page);
  if (is_written)
    answer_up_to(progress_.position(), page.newest);
  else
    answer_all();
  if (is_written && (!page.complete || !waiting_.empty())) {
    pull();
    return schedule(); // packing and cleaning are due under a flood, too
  }
  news_ = !is_written || !database_;
  pull_at_ = now.mono + retry_period;
  if (stopping_)
    return end();
  if (!news_)
    self_->send(wiring_.event_hub, news_atom::value, news_reader_actor{self_}, progress_.position());
  schedule();
}

/// Who asked before this page was asked for waits for what the hub had then, not for what has
/// come since: under a flood there is always more.
void recorder_core::answer_up_to(cursor written, cursor newest) {
  auto waiting = std::exchange(waiting_, {});
  for (auto& each : waiting) {
    if (!each.up_to && each.pull <= pulls_)
      each.up_to = newest;
    if (each.up_to && (each.up_to->epoch != written.epoch || each.up_to->seq <= written.seq))
      each.then();
    else
      waiting_.push_back(std::move(each));
  }
}

void recorder_core::answer_all() {
  for (auto& each : std::exchange(waiting_, {}))
    each.then();
}

/// Also when nothing happens in the mesh.
void recorder_core::try_again_later() {
  news_ = true;
  pull_at_ = env_.clock.now().mono + retry_period;
  schedule();
}

void recorder_core::when_up_to_date(std::function<void()> then) {
  if (!wiring_.event_hub || !degraded_.empty())
    return then();
  waiting_.push_back({.then = std::move(then), .pull = pulls_ + 1});
  pull();
}

// -- the end

/// Everything that was said until now is written down, then the rest of the state.
void recorder_core::stop() {
  stopping_ = true;
  if (!wiring_.event_hub)
    return self_->quit(caf::exit_reason::user_shutdown);
  pull();
}

void recorder_core::end() {
  try {
    if (database_ && degraded_.empty())
      database_->end_life(progress_.newest());
  } catch (const database_error& error) {
    failed(error);
  }
  begin_snapshot();
  if (!walk_)
    self_->quit(caf::exit_reason::user_shutdown);
}

recorder_actor::behavior_type recorder(recorder_base* self, const gateway_settings* settings,
                                       environment* env, supervisor_actor parent) {
  self->set_exception_handler(to_error);
  self->state.core
    = std::make_shared<recorder_core>(self, *settings, *env, std::move(parent));
  auto core = self->state.core.get();
  try {
    core->start();
  } catch (const std::runtime_error& error) {
    self->quit(make_error(gateway_error::cannot_serve, error.what()));
  }
  return {
    [core](const gateway_wiring_ptr& wiring) { core->connect(*wiring); },
    [core](news_atom) { core->take_news(); },
    [core](restore_query asked) { return core->restore(asked); },
    [core](record_query& asked) { return core->answer(asked); },
    [core](const series_query& asked) { return core->answer(asked); },
    [core](const replay_query& asked) { return core->replay(asked); },
    [core](stop_atom) { core->stop(); },
    [core](status_atom) { return actor_status{core->status()}; },
    [core](tick_atom) { core->tick(); },
  };
}

} // namespace xylem
