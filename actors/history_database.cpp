#include "actors/history_database.hpp"

#include "actors/file_descriptor.hpp"
#include "actors/history_database_log.hpp"
#include "actors/history_database_retention.hpp"
#include "actors/history_database_schema.hpp"
#include "protocol/iso_time.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <fcntl.h>

#include <array>
#include <cerrno>

namespace xylem {

namespace {

namespace fs = std::filesystem;

void make_empty(const fs::path& file) {
  file_descriptor made{::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!made)
    throw database_error{database_fault::io,
                         file.string() + ": " + std::generic_category().message(errno)};
}

/// All of it in one file, so that it can be read where nothing can be written.
void copy_all(SQLite::Database& from, const fs::path& file) {
  SQLite::Database to{file.string(), SQLite::OPEN_READWRITE};
  if (auto result = SQLite::Backup{to, from}.executeStep(); result != SQLITE_DONE)
    throw SQLite::Exception{to.getHandle(), result};
  to.exec("PRAGMA journal_mode=DELETE");
}

constexpr std::array belongings{"-wal", "-shm", ""};

fs::path with(fs::path file, const std::string& ending) {
  return file += ending;
}

bool is_taken(const fs::path& file) {
  return std::ranges::any_of(belongings,
                             [&](auto ending) { return fs::exists(with(file, ending)); });
}

} // namespace

std::string_view to_string(database_fault fault) noexcept {
  switch (fault) {
  case database_fault::full: return "full";
  case database_fault::read_only: return "read-only";
  case database_fault::locked: return "locked";
  case database_fault::corrupt: return "corrupt";
  case database_fault::newer: return "newer";
  case database_fault::io: return "io";
  }
  return "unknown";
}

struct history_database::parts {
  struct contents {
    contents(record::connection& to, const std::vector<std::string>& names)
        : meshes{to, names}, state{record::read_state(to, meshes)}, log{to, meshes, state},
          series{to, meshes, state}, kept{to, state, series} {}

    record::mesh_numbers meshes;
    record::database_state state;
    record::event_log log;
    record::series_store series;
    record::retention kept;
  };

  explicit parts(const database_settings& settings) : to{settings} {
    record::prepare(to);
    to.guarded([&] { all.emplace(to, settings.meshes); });
  }

  template <class Work>
  auto use(Work&& work) {
    return to.guarded([&] { return work(*all); });
  }

  record::connection to;
  std::optional<contents> all{};
};

history_database::history_database(database_settings settings)
    : parts_{std::make_unique<parts>(settings)} {}

history_database::~history_database() = default;

fs::path history_database::set_aside(const fs::path& file, wall_time now) {
  auto aside = with(file, ".corrupt-" + iso_time(now));
  for (auto more = 2; is_taken(aside); ++more)
    aside = with(file, ".corrupt-" + iso_time(now) + "." + std::to_string(more));
  for (auto ending : belongings)
    if (auto from = with(file, ending); fs::exists(from))
      fs::rename(from, with(aside, ending));
  return aside;
}

cursor history_database::reached() const {
  return parts_->all->log.reached();
}

void history_database::append(std::uint64_t epoch, std::span<const event> events) {
  parts_->use([&](auto& all) { all.log.append(epoch, events); });
}

void history_database::end_life(cursor last) {
  parts_->use([&](auto& all) { all.log.end_life(last); });
}

replay_page history_database::read_after(const replay_query& asked, wall_time now) const {
  return parts_->use([&](auto& all) { return all.log.read_after(asked, now); });
}

std::vector<reading> history_database::readings(const series_name& series,
                                                const reading_range& range,
                                                std::size_t limit) const {
  return parts_->use([&](auto& all) { return all.series.newest(series, range, limit); });
}

void history_database::for_each_reading(const series_name& series, const reading_range& range,
                                        const std::function<bool(const reading&)>& visit) const {
  parts_->use([&](auto& all) { all.series.for_each(series, range, visit); });
}

bool history_database::knows(mesh_index mesh, node_address node) const {
  return parts_->use([&](auto& all) { return all.series.knows(mesh, node); });
}

bool history_database::has_ended() const {
  return parts_->use([&](auto& all) { return all.log.has_ended(); });
}

cursor history_database::before_newest(std::size_t events) const {
  return parts_->use([&](auto& all) { return all.log.before_newest(events); });
}

void history_database::for_each_event(
    cursor after, const std::function<void(std::uint64_t epoch, const event&)>& visit) const {
  parts_->use([&](auto& all) { all.log.for_each_event(after, visit); });
}

std::uint64_t history_database::last_reading(mesh_index mesh) const {
  return parts_->all->state.last_readings.at(mesh.value);
}

bool history_database::pack(std::size_t max_readings) {
  return parts_->use([&](auto& all) { return all.series.pack(max_readings); });
}

bool history_database::clean(const retention_policy& policy, wall_time now) {
  return parts_->use([&](auto& all) { return all.kept.step(policy, now); });
}

void history_database::checkpoint(bool always) {
  parts_->to.checkpoint(always);
}

void history_database::copy_to(const fs::path& file) const {
  make_empty(file);
  try {
    parts_->to.guarded([&] { copy_all(parts_->to.sqlite(), file); });
  } catch (...) {
    std::error_code ignored;
    fs::remove(file, ignored);
    throw;
  }
}

database_usage history_database::usage() const {
  return parts_->use([&](auto& all) {
    return database_usage{
        .file_bytes = parts_->to.bytes_in_use(),
        .log_bytes = parts_->to.log_bytes(),
        .written_bytes = parts_->to.written_bytes(),
        .events = static_cast<std::uint64_t>(all.state.packed_events + all.state.later_events),
        .unpacked = static_cast<std::uint64_t>(all.state.unpacked),
        .oldest_event = all.log.oldest()};
  });
}

} // namespace xylem
