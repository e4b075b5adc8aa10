#include "actors/history_database_file.hpp"

#include "actors/file_descriptor.hpp"

#include <sqlite3.h>

#include <fcntl.h>

#include <array>
#include <cerrno>

namespace xylem::record {

namespace {

constexpr int busy_milliseconds = 1000;

database_fault fault_of_system(int number) {
  switch (number) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG: return database_fault::full;
  case EROFS:
  case EACCES:
  case EPERM: return database_fault::read_only;
  default: return database_fault::io;
  }
}

/// What SQLite itself would not refuse: it takes a version of the file that it cannot write for one
/// that is to be read only, and reads a last page that is not whole as if zeros followed (which is
/// right as long as there is a WAL that has the whole one).
void check_header(int file, const std::filesystem::path& name) {
  std::array<std::byte, 20> header{};
  if (::pread(file, header.data(), header.size(), 0) != std::ssize(header))
    return;
  if (header[18] > std::byte{2} || header[19] > std::byte{2})
    fail(database_fault::corrupt, name, "of no version of SQLite");
  auto page = read_big(std::span{header}.subspan(16, 2));
  auto log = name;
  log += "-wal";
  std::error_code none;
  auto has_log = std::filesystem::file_size(log, none) > 0 && !none;
  if (!has_log && page > 1 && std::filesystem::file_size(name) % page != 0)
    fail(database_fault::corrupt, name, "cut off");
}

/// SQLite would make it readable for everybody; its WAL gets the mode of the database.
const std::filesystem::path& created(const std::filesystem::path& name) {
  file_descriptor file{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!file)
    fail(fault_of_system(errno), name, std::generic_category().message(errno));
  check_header(file.get(), name);
  return name;
}

} // namespace

SQLite::Database open_file(const std::filesystem::path& file) {
  try {
    return SQLite::Database{created(file).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX,
                            busy_milliseconds};
  } catch (const SQLite::Exception& thrown) {
    fail(fault_of(thrown, errno), file, thrown.what());
  }
}

database_fault fault_of(const SQLite::Exception& thrown, int system_error) {
  switch (thrown.getErrorCode() & 0xFF) {
  case SQLITE_FULL: return database_fault::full;
  case SQLITE_READONLY:
  case SQLITE_PERM: return database_fault::read_only;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
  case SQLITE_PROTOCOL: return database_fault::locked;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_FORMAT:
  case SQLITE_ERROR: // a table or column that is not there
  case SQLITE_SCHEMA:
  case SQLITE_MISMATCH: // a value that cannot be there
  case SQLITE_CONSTRAINT: return database_fault::corrupt;
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN: return fault_of_system(system_error);
  default: return database_fault::io;
  }
}

void fail(database_fault fault, const std::filesystem::path& file, const std::string& why) {
  throw database_error{fault, file.string() + ": " + why};
}

} // namespace xylem::record
