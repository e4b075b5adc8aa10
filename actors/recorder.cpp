#include "actors/recorder.hpp"

#include "actors/error.hpp"
#include "protocol/iso_time.hpp"

namespace xylem {

namespace {

constexpr auto hub_timeout = std::chrono::seconds{5};

/// What could not be written is tried again.
constexpr auto retry_period = std::chrono::seconds{1};

/// Readings that are not in their series yet are looked through one by one: not more of them than
/// this, nor for longer.
constexpr std::uint64_t most_unpacked = 100'000;
constexpr auto pack_period = std::chrono::minutes{10};

/// Between two steps of what may take long, so that events are written in between.
constexpr auto step_pause = std::chrono::milliseconds{50};
constexpr std::size_t packed_a_step = 20'000;

std::uint64_t count_behind(std::span<const event> events, std::uint64_t seq) {
  return static_cast<std::uint64_t>(
    events.end() - std::ranges::upper_bound(events, seq, {}, &event::seq));
}

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

// -- the database

void recorder_core::open_database() {
  std::vector<std::string> meshes;
  for (const auto& mesh : settings_.meshes)
    meshes.push_back(mesh.name);
  database_settings wanted{.file = folder_->database(),
                           .meshes = std::move(meshes),
                           .sync = settings_.recorder.sync,
                           .cache_bytes = limits::database_cache};
  try {
    database_.emplace(wanted);
  } catch (const database_error& error) {
    if (error.fault() != database_fault::corrupt)
      return failed(error);
    try {
      set_database_aside(error.what());
      database_.emplace(std::move(wanted));
    } catch (const std::exception& again) {
      return degrade(again.what());
    }
  }
  counted_written_ = 0;
  if (progress_.position().epoch == 0)
    progress_ = record_progress{database_->reached()};
  auto living = env_.journal ? env_.journal->living() : 0;
  recover_journal(living != 0 ? living - 1 : UINT64_MAX);
  if (wired_ && database_) // the hub was started without knowing it
    self_->send(parent_, ready_atom::value, database_->reached().epoch);
}

void recorder_core::set_database_aside(std::string_view why) {
  log_.error("database is set aside", {{"reason", why}});
  auto aside = history_database::set_aside(folder_->database(), env_.clock.now().wall);
  ++set_aside_;
  is_suspect_ = false;
  log_.error("a new database is begun", {{"old", aside.string()}});
}

/// What lives of the hub up to this one have left and the database has not.
void recorder_core::recover_journal(std::uint64_t up_to) {
  if (!env_.journal || !database_)
    return;
  for (const auto& left : env_.journal->left_behind()) {
    if (left.who.epoch > up_to)
      continue;
    try {
      recover(left);
    } catch (const database_error& error) {
      return failed(error); // it is still there when the database is opened again
    } catch (const std::logic_error& error) {
      log_.error("a crash journal cannot be right", {{"reason", error.what()}});
    }
    env_.journal->forget(left.who.epoch);
  }
}

void recorder_core::recover(const journal_content& left) {
  auto reached = database_->reached();
  if (left.who.epoch < reached.epoch || left.events.empty())
    return;
  auto seen = left.who.epoch == reached.epoch ? reached.seq : 0;
  if (left.who.meshes != env_.journal->meshes())
    return log_.warning("events are not recorded: the meshes are others now",
                        {{"events", count_behind(left.events, seen)}});
  auto first = std::ranges::upper_bound(left.events, seen, {}, &event::seq);
  auto rest = std::span{first, left.events.end()};
  auto count = rest.size();
  for (; !rest.empty(); rest = rest.subspan(std::min(rest.size(), limits::recorded_at_once)))
    database_->append(left.who.epoch, rest.first(std::min(rest.size(), limits::recorded_at_once)));
  database_->end_life({left.who.epoch, left.events.back().seq});
  recovered_events_ += count;
  if (left.who.epoch == progress_.newest().epoch)
    progress_.end_life(left.events.back().seq, count_behind(left.events, progress_.position().seq));
  if (count > 0)
    log_.info("events of an earlier life are recorded", {{"events", count}});
}

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
        log_.warning("the event hub does not answer", {{"reason", describe(error)}});
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
    log_.warning("events are not recorded", {{"events", lost}});
  auto is_written = database_ && !budget_.is_used_up(now.wall) && write(page);
  if (is_written)
    answer_up_to(progress_.position(), page.newest);
  else
    answer_all();
  if (is_written && (!page.complete || !waiting_.empty()))
    return pull();
  news_ = !is_written || !database_;
  pull_at_ = now.mono + retry_period;
  if (stopping_)
    return end();
  if (!news_)
    self_->send(wiring_.event_hub, news_atom::value, recorder_actor{self_}, progress_.position());
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

/// False: it could not be.
bool recorder_core::write(const replay_page& page) {
  if (page.newest.epoch < database_->reached().epoch) {
    degrade("the event hub's clock was behind the record");
    return false;
  }
  try {
    if (!page.events.empty()) {
      database_->append(page.newest.epoch, page.events);
      database_->checkpoint(false);
      note_written();
    }
    progress_.wrote(page);
    recovered();
    if (database_->usage().unpacked > most_unpacked)
      clean_at_ = env_.clock.now().mono;
    return true;
  } catch (const database_error& error) {
    failed(error);
    if (error.fault() == database_fault::corrupt)
      open_database();
    return false;
  }
}

void recorder_core::note_written() {
  auto written = database_->usage().written_bytes;
  budget_.wrote(written - std::exchange(counted_written_, written), env_.clock.now().wall);
}

/// It is opened again then, and looked at; one that is broken nevertheless is set aside.
void recorder_core::failed(const database_error& error) {
  if (error.fault() != database_fault::full && error.fault() != database_fault::locked)
    database_.reset();
  degrade(std::string{to_string(error.fault())} + ": " + error.what());
  try {
    if (error.fault() == database_fault::corrupt && std::exchange(is_suspect_, true))
      set_database_aside(error.what());
  } catch (const std::filesystem::filesystem_error& again) {
    degrade(again.what());
  }
  if (wired_)
    try_again_later();
}

/// Also when nothing happens in the mesh.
void recorder_core::try_again_later() {
  news_ = true;
  pull_at_ = env_.clock.now().mono + retry_period;
  schedule();
}

void recorder_core::degrade(std::string reason) {
  if (degraded_ != reason)
    log_.error("events cannot be recorded now", {{"reason", reason}});
  degraded_ = std::move(reason);
}

void recorder_core::recovered() {
  if (!degraded_.empty())
    log_.info("events are recorded again", {{"was", degraded_}});
  degraded_.clear();
}

/// Packing and cleaning, a step at a time.
void recorder_core::keep_house(wall_time now) {
  auto more = false;
  clean_at_ = env_.clock.now().mono + pack_period;
  if (!database_ || budget_.is_used_up(now))
    return;
  try {
    const auto& wanted = settings_.recorder;
    more = database_->pack(packed_a_step);
    if (!more)
      more = database_->clean({wanted.max_age, wanted.max_log_age, wanted.max_bytes}, now);
    database_->checkpoint(false);
    note_written();
  } catch (const database_error& error) {
    failed(error);
  }
  if (more)
    clean_at_ = env_.clock.now().mono + step_pause;
}

void recorder_core::when_up_to_date(std::function<void()> then) {
  if (!wiring_.event_hub || !degraded_.empty())
    return then();
  waiting_.push_back({.then = std::move(then), .pull = pulls_ + 1});
  pull();
}

// -- questions

namespace {

/// One series in the database.
class series_in_database final : public recorded_series {
public:
  series_in_database(const history_database& database, series_name name)
      : database_{database}, name_{name} {}

  bool knows_node() const override { return database_.knows(name_.mesh, name_.node); }

  std::vector<reading> readings(const reading_range& range, std::size_t limit) const override {
    return database_.readings(name_, range, limit);
  }

  void for_each_reading(const reading_range& range,
                        const std::function<bool(const reading&)>& visit) const override {
    database_.for_each_reading(name_, range, visit);
  }

private:
  const history_database& database_;
  series_name name_;
};

} // namespace

caf::result<record_answer> recorder_core::answer(record_query& asked) {
  auto promise = self_->make_response_promise<record_answer>();
  when_up_to_date([this, promise, asked = std::move(asked)]() mutable {
    const auto& types = types_[asked.mesh.value];
    auto what = series_name{asked.mesh, asked.asked.node, asked.asked.code};
    std::optional<record_answer> answer;
    try {
      if (database_)
        answer = answer_history(asked.asked, asked.held, series_in_database{*database_, what},
                                types);
    } catch (const database_error& error) {
      failed(error);
    }
    promise.deliver(answer ? *std::move(answer)
                           : answer_history(asked.asked, asked.held, types, account::of_memory));
  });
  return promise;
}

caf::result<series_part> recorder_core::answer(const series_query& asked) {
  auto promise = self_->make_response_promise<series_part>();
  when_up_to_date([this, promise, asked]() mutable {
    auto what = series_name{asked.mesh, asked.asked.node, asked.asked.code};
    std::optional<series_part> part;
    try {
      if (database_)
        part = series_part{.readings = database_->readings(what, range_of(asked.asked),
                                                           asked.asked.limit)};
    } catch (const database_error& error) {
      failed(error);
    }
    if (part)
      promise.deliver(*std::move(part));
    else
      promise.deliver(make_error(gateway_error::crashed, "the record cannot be read"));
  });
  return promise;
}

caf::result<replay_page> recorder_core::replay(const replay_query& asked) {
  auto promise = self_->make_response_promise<replay_page>();
  when_up_to_date([this, promise, asked]() mutable {
    std::optional<replay_page> page;
    try {
      if (database_)
        page = database_->read_after(asked, env_.clock.now().wall);
    } catch (const database_error& error) {
      failed(error);
    }
    if (page)
      promise.deliver(*std::move(page));
    else
      promise.deliver(make_error(gateway_error::crashed, "the record cannot be read"));
  });
  return promise;
}

database_usage recorder_core::usage() {
  try {
    return database_ ? database_->usage() : database_usage{};
  } catch (const database_error& error) {
    failed(error);
    return {};
  }
}

boost::json::object recorder_core::status() {
  auto now = env_.clock.now().wall;
  auto usage = this->usage();
  auto sums = progress_.counters();
  auto time_or_null = [](const std::optional<wall_time>& time) {
    return time ? boost::json::value(iso_time(*time)) : nullptr;
  };
  return {{"state", degraded_.empty() ? "recording" : "degraded"},
          {"reason", degraded_},
          {"events",
           {{"received", sums.received},
            {"recorded", sums.recorded},
            {"not_recorded", sums.not_recorded},
            {"waiting", sums.waiting},
            {"recovered", recovered_events_}}},
          {"position", {{"epoch", progress_.position().epoch}, {"seq", progress_.position().seq}}},
          {"database",
           {{"bytes", usage.file_bytes},
            {"log_bytes", usage.log_bytes},
            {"limit", settings_.recorder.max_bytes},
            {"events", usage.events},
            {"oldest_event", time_or_null(usage.oldest_event)},
            {"set_aside", set_aside_}}},
          {"written_today", budget_.used(now)},
          {"max_bytes_per_day", budget_.bytes_per_day()},
          {"snapshot",
           {{"taken", snapshots_taken_},
            {"time", time_or_null(saved_time_)},
            {"failure", snapshot_failure_}}}};
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
