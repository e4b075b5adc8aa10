#pragma once

#include "protocol/data_type.hpp"
#include "protocol/time.hpp"

#include <boost/json/object.hpp>

namespace xylem {

/// The value as people read it, `longitude=8.40444 latitude=49.01409`; hex for a dynamic type.
std::string reading_text(const data_type_registry& types, type_code code, bytes_view data);

/// Adds `data` as hex, and `value` with the fields of a known type.
void add_reading(boost::json::object& to, const data_type_registry& types, type_code code,
                 bytes_view data);

/// `3.0 s`; `-` for a time that nobody knows.
std::string age_text(std::optional<wall_time> time, wall_time now);

} // namespace xylem
