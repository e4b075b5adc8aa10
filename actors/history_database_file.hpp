#pragma once

#include "actors/history_database.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

namespace xylem::record {

/// Opens the file, or creates it empty and for its owner only; throws database_error.
SQLite::Database open_file(const std::filesystem::path& file);

/// What SQLite has thrown; `system_error` is the errno at that time.
database_fault fault_of(const SQLite::Exception& thrown, int system_error);

[[noreturn]] void fail(database_fault fault, const std::filesystem::path& file,
                       const std::string& why);

} // namespace xylem::record
