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

/// For who has time, level and fields elsewhere: `uart/default: port opened baud=115200`, the same
/// values as in logfmt.
std::string to_message(const log_entry& entry);

/// A value as it is, unquoted; of bytes their number, or at `debug` hex.
std::string value_text(const log_field& field, log_level level);

/// As much of a value as a log takes.
std::string_view cut_value(std::string_view text) noexcept;

} // namespace xylem
