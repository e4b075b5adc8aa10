#pragma once

#include "actors/history_database_connection.hpp"

namespace xylem::record {

inline constexpr std::int64_t schema_version = 2;

/// Its version. Throws database_error for what is not a record, or one of a later version: whatever
/// else is in the pages, prepare() would not take it.
std::int64_t check_schema(SQLite::Database& of);

/// Makes the database that was opened ours: creates it in an empty file, migrates an older one.
/// Throws for anything else, which then is as it was.
void prepare(connection& with);

} // namespace xylem::record
