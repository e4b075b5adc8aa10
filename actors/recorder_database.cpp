// How the recorder keeps its database (record §2).
#include "actors/recorder.hpp"

namespace xylem {

namespace {

/// Readings that are not in their series yet are looked through one by one: not more of them than
/// this.
constexpr std::uint64_t most_unpacked = 100'000;

/// Between two steps of what may take long, so that events are written in between.
constexpr auto step_pause = std::chrono::milliseconds{50};
constexpr std::size_t packed_a_step = 20'000;

std::uint64_t count_behind(std::span<const event> events, std::uint64_t seq) {
  return static_cast<std::uint64_t>(
    events.end() - std::ranges::upper_bound(events, seq, {}, &event::seq));
}

} // namespace

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
  log_.error("the database cannot be read; it is set aside and a new one begun", {{"reason", why}});
  auto aside = history_database::set_aside(folder_->database(), env_.clock.now().wall);
  ++set_aside_;
  is_suspect_ = false;
  log_.error("the old database is kept beside the new one", {{"old", aside.string()}});
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
      log_.error("a crash journal is damaged; what it has is not recorded",
                 {{"reason", error.what()}});
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
    return log_.warning("events of the last run are not recorded: the meshes are others now",
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

/// False: it could not be.
bool recorder_core::write(const replay_page& page) {
  if (page.newest.epoch < database_->reached().epoch) {
    degrade("the event hub's clock was behind the record");
    return false;
  }
  try {
    if (!page.events.empty())
      database_->append(page.newest.epoch, page.events);
    progress_.wrote(page); // whatever fails from here on
    recovered();
    write_log_back();
    note_written();
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

/// On a full disk the log may have room when the rest of the database has none: what it takes is
/// recorded.
void recorder_core::write_log_back() {
  auto now = env_.clock.now().mono;
  if (log_back_at_ && now < *log_back_at_)
    return;
  try {
    database_->checkpoint(false);
    if (std::exchange(log_back_at_, {}))
      log_.info("the record's log is written back again");
  } catch (const database_error& error) {
    if (error.fault() != database_fault::full)
      throw;
    if (!std::exchange(log_back_at_, now + retry_period))
      log_.warning("the record's log cannot be written back; events are recorded while it has room",
                   {{"reason", error.what()}});
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

void recorder_core::degrade(std::string reason) {
  if (degraded_ != reason)
    log_.error("events cannot be recorded now; the latest wait in memory", {{"reason", reason}});
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
    write_log_back();
    note_written();
  } catch (const database_error& error) {
    failed(error);
  }
  if (more)
    clean_at_ = env_.clock.now().mono + step_pause;
}

} // namespace xylem
