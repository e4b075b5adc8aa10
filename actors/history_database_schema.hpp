#pragma once

#include "actors/history_database_connection.hpp"

namespace xylem::record {

#ifdef XYLEM_LATER_STATE // tests/packages: what upgrades and rollbacks are tried with
inline constexpr std::int64_t schema_version = 3;
#else
inline constexpr std::int64_t schema_version = 2;
#endif

/// Its version. Throws database_error for what is not a record, or one of a later version: whatever
/// else is in the pages, prepare() would not take it.
std::int64_t check_schema(SQLite::Database& of);

/// Makes the database that was opened ours: creates it in an empty file, migrates an older one.
/// Throws for anything else, which then is as it was.
void prepare(connection& with);

} // namespace xylem::record
