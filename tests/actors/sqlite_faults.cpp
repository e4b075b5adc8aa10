#include "sqlite_faults.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <limits>
#include <utility>

namespace xylem {

namespace {

struct plan {
  std::uint64_t operations = 0;
  std::uint64_t written = 0;
  std::uint64_t first_failing = std::numeric_limits<std::uint64_t>::max();
  int code = 0;
  int system_error = 0;
  bool failed = false;
  bool read_only = false;
};

plan current;
sqlite3_vfs* real_system = nullptr;
sqlite3_vfs faulty_system;

/// The real file lies behind it.
struct faulty_file {
  sqlite3_file base;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<faulty_file*>(file)->real();
}

template <auto Method, class... Args>
int pass_on(sqlite3_file* file, Args... args) {
  return (real_of(file)->pMethods->*Method)(real_of(file), args...);
}

template <auto Method, class... Args>
int may_fail(sqlite3_file* file, Args... args) {
  if (current.operations++ < current.first_failing)
    return pass_on<Method>(file, args...);
  current.failed = true;
  errno = current.system_error;
  return current.code;
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  current.written += static_cast<std::uint64_t>(size);
  return may_fail<&sqlite3_io_methods::xWrite>(file, data, size, offset);
}

void barrier(sqlite3_file* file) {
  real_of(file)->pMethods->xShmBarrier(real_of(file));
}

using methods = sqlite3_io_methods;

const methods faulty_methods{
    .iVersion = 2,
    .xClose = pass_on<&methods::xClose>,
    .xRead = pass_on<&methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = may_fail<&methods::xTruncate, sqlite3_int64>,
    .xSync = may_fail<&methods::xSync, int>,
    .xFileSize = pass_on<&methods::xFileSize, sqlite3_int64*>,
    .xLock = pass_on<&methods::xLock, int>,
    .xUnlock = pass_on<&methods::xUnlock, int>,
    .xCheckReservedLock = pass_on<&methods::xCheckReservedLock, int*>,
    .xFileControl = pass_on<&methods::xFileControl, int, void*>,
    .xSectorSize = pass_on<&methods::xSectorSize>,
    .xDeviceCharacteristics = pass_on<&methods::xDeviceCharacteristics>,
    .xShmMap = pass_on<&methods::xShmMap, int, int, int, void volatile**>,
    .xShmLock = pass_on<&methods::xShmLock, int, int, int>,
    .xShmBarrier = barrier,
    .xShmUnmap = pass_on<&methods::xShmUnmap, int>,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  if (current.read_only)
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  file->pMethods = nullptr;
  auto result = real_system->xOpen(real_system, name, real_of(file), flags, out_flags);
  if (real_of(file)->pMethods != nullptr)
    file->pMethods = &faulty_methods;
  return result;
}

} // namespace

sqlite_faults::sqlite_faults() {
  current = {};
  real_system = sqlite3_vfs_find(nullptr);
  faulty_system = *real_system;
  faulty_system.zName = "faulty";
  faulty_system.szOsFile += static_cast<int>(sizeof(faulty_file));
  faulty_system.xOpen = open;
  sqlite3_vfs_register(&faulty_system, 1);
}

sqlite_faults::~sqlite_faults() {
  sqlite3_vfs_unregister(&faulty_system);
  sqlite3_vfs_register(real_system, 1);
}

void sqlite_faults::fail_after(std::uint64_t operations, int code, int system_error) {
  current.first_failing = current.operations + operations;
  current.code = code;
  current.system_error = system_error;
  current.failed = false;
}

bool sqlite_faults::heal() {
  current.first_failing = std::numeric_limits<std::uint64_t>::max();
  return std::exchange(current.failed, false);
}

void sqlite_faults::open_read_only(bool only) {
  current.read_only = only;
}

std::uint64_t sqlite_faults::operations() const {
  return current.operations;
}

std::uint64_t sqlite_faults::written_bytes() const {
  return current.written;
}

} // namespace xylem
