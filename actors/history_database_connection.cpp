#include "actors/history_database_connection.hpp"

#include "actors/file_descriptor.hpp"
#include "actors/history_database_file.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <unordered_set>

namespace xylem::record {

namespace {

constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t frame_bytes = page_bytes + 24; // with the header of a frame
constexpr std::uint64_t log_header_bytes = 32;

/// How many pages of the database are in these frames of a WAL; a frame begins with the page's
/// number.
std::uint64_t pages_of(const std::string& log, int begin, int end) {
  file_descriptor file{::open(log.c_str(), O_RDONLY | O_CLOEXEC)};
  std::unordered_set<std::uint32_t> pages;
  for (auto frame = begin; frame < end; ++frame) {
    std::array<std::byte, 4> page{};
    auto offset = log_header_bytes + frame_bytes * static_cast<std::uint64_t>(frame);
    if (::pread(file.get(), page.data(), page.size(), static_cast<::off_t>(offset)) != 4)
      return static_cast<std::uint64_t>(end - begin); // at most
    pages.insert(static_cast<std::uint32_t>(read_big(page)));
  }
  return pages.size();
}

void require_row(SQLite::Statement& asked) {
  if (!asked.executeStep())
    throw database_error{database_fault::corrupt, "no answer to " + asked.getQuery()};
}

} // namespace

connection::connection(const database_settings& settings)
    : settings_{settings}, sqlite_{open_file(settings.file)} {
  auto* handle = sqlite_.getHandle();
  sqlite3_extended_result_codes(handle, 1);
  // What is in it may have been made by anybody.
  for (auto [option, value] :
       {std::pair{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
        std::pair{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, std::pair{SQLITE_DBCONFIG_ENABLE_VIEW, 0}})
    sqlite3_db_config(handle, option, value, nullptr);
  if (sqlite3_db_readonly(handle, "main") == 1)
    fail(database_fault::read_only, settings_.file, "can only be read");
  guarded([&] {
    sqlite_.exec("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
                 "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF; PRAGMA foreign_keys=OFF;");
    sqlite_.exec("PRAGMA cache_size=-" + std::to_string(settings_.cache_bytes / 1024));
  });
}

connection::~connection() = default;

void connection::use() {
  guarded([&] {
    auto* handle = sqlite_.getHandle();
    if (auto mode = text("PRAGMA journal_mode=WAL"); mode != "wal")
      fail(database_fault::io, settings_.file, "no WAL, but " + mode);
    sqlite_.exec("PRAGMA wal_autocheckpoint=0");
    sqlite_.exec("PRAGMA journal_size_limit="
                 + std::to_string(2 * settings_.log_before_checkpoint));
    sqlite_.exec(settings_.sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    sqlite3_wal_hook(handle, &connection::on_commit, this);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    begin_.emplace(sqlite_, "BEGIN IMMEDIATE");
    commit_.emplace(sqlite_, "COMMIT");
    roll_back_.emplace(sqlite_, "ROLLBACK");
  });
}

std::int64_t connection::number(const std::string& sql) {
  SQLite::Statement asked{sqlite_, sql};
  require_row(asked);
  return asked.getColumn(0).getInt64();
}

std::string connection::text(const std::string& sql) {
  SQLite::Statement asked{sqlite_, sql};
  require_row(asked);
  return asked.getColumn(0).getString();
}

std::uint64_t connection::bytes_in_use() {
  auto pages = number("PRAGMA page_count") - number("PRAGMA freelist_count");
  return static_cast<std::uint64_t>(pages * number("PRAGMA page_size"));
}

void connection::begin() {
  system_error_ = 0;
  require_file();
  begin_->tryReset();
  begin_->exec();
}

/// What is written to a file that has no name any more is lost with this process.
void connection::require_file() {
  int moved = 0;
  sqlite3_file_control(sqlite_.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0)
    fail(database_fault::io, settings_.file, "was removed or replaced");
}

/// What the system said is told by errno only: sqlite3_system_errno() is silent about a commit.
void connection::commit() {
  commit_->tryReset();
  errno = 0;
  if (auto result = commit_->tryExecuteStep(); result != SQLITE_DONE) {
    system_error_ = errno;
    throw SQLite::Exception{sqlite_.getHandle(), result};
  }
}

void connection::roll_back() noexcept {
  if (system_error_ == 0)
    system_error_ = sqlite3_system_errno(sqlite_.getHandle());
  if (sqlite3_get_autocommit(sqlite_.getHandle()) != 0)
    return; // some errors roll back by themselves
  roll_back_->tryReset();
  roll_back_->tryExecuteStep();
}

void connection::checkpoint(bool always) {
  auto waiting = static_cast<std::uint64_t>(frames_ - checkpointed_) * frame_bytes;
  if (!always && waiting <= settings_.log_before_checkpoint)
    return;
  auto* handle = sqlite_.getHandle();
  auto step = [&](int mode) {
    int in_log = 0, done = 0;
    auto result = sqlite3_wal_checkpoint_v2(handle, nullptr, mode, &in_log, &done);
    if (result != SQLITE_OK && (result & 0xFF) != SQLITE_BUSY)
      throw SQLite::Exception{handle, result};
    return std::pair{in_log, done};
  };
  guarded([&] {
    count_checkpoint(step(SQLITE_CHECKPOINT_PASSIVE).second);
    if (always)
      if (auto [in_log, done] = step(SQLITE_CHECKPOINT_TRUNCATE); in_log == 0)
        frames_ = checkpointed_ = 0;
  });
}

/// A page that the WAL has more than once is written once.
void connection::count_checkpoint(int frames) {
  if (frames > checkpointed_)
    written_ += page_bytes * pages_of(log_file(), checkpointed_, frames);
  checkpointed_ = std::max(frames, 0);
}

std::uint64_t connection::log_bytes() const {
  std::error_code none;
  auto size = std::filesystem::file_size(log_file(), none);
  return none ? 0 : size;
}

std::string connection::log_file() const {
  return settings_.file.string() + "-wal";
}

std::uint64_t connection::written_bytes() {
  written_ += frame_bytes * static_cast<std::uint64_t>(pages_written());
  return written_;
}

int connection::pages_written() {
  int pages = 0, highest = 0;
  sqlite3_db_status(sqlite_.getHandle(), SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 1);
  return pages;
}

int connection::on_commit(void* self, sqlite3*, const char*, int frames) {
  static_cast<connection*>(self)->count_log(frames);
  return SQLITE_OK;
}

/// A WAL that holds no more frames than were just written was begun anew.
void connection::count_log(int frames) {
  auto pages = pages_written();
  written_ += frame_bytes * static_cast<std::uint64_t>(pages);
  if (frames <= pages) {
    checkpointed_ = 0;
    written_ += log_header_bytes;
  }
  frames_ = frames;
}

void connection::throw_fault(const SQLite::Exception& thrown) {
  auto now = sqlite3_system_errno(sqlite_.getHandle());
  fail(fault_of(thrown, system_error_ != 0 ? system_error_ : now), settings_.file, thrown.what());
}

} // namespace xylem::record
