#pragma once

#include "actors/history_database_connection.hpp"

namespace xylem::record {

inline constexpr std::int64_t schema_version = 2;

/// Makes the database that was opened ours: creates it in an empty file, migrates an older one.
/// Throws for anything else, which then is as it was.
void prepare(connection& with);

} // namespace xylem::record
