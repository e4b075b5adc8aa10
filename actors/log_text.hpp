#pragma once

#include "actors/log.hpp"

#include <span>
#include <string>

namespace xylem {

/// Everything one line says.
struct log_entry {
  wall_time time;
  log_level level = log_level::info;
  std::string_view actor;
  std::string_view mesh; ///< may be empty
  std::string_view message;
  std::span<const log_field> fields;
};

std::string_view to_string(log_level level) noexcept;

/// `time=2026-11-22T12:00:00.123Z level=info actor=uart mesh=default msg="port opened" baud=115200`
/// without a newline. Values with blanks, quotes or `=` are quoted; what is not printable UTF-8
/// becomes `\n`, `\xHH`.
std::string to_logfmt(const log_entry& entry);

/// The same as one JSON object; what is not UTF-8 becomes U+FFFD.
std::string to_json_line(const log_entry& entry);

} // namespace xylem
