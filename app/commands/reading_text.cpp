#include "app/commands/reading_text.hpp"

#include "app/commands/console_text.hpp"

namespace xylem {

std::string reading_text(const client::reading_info& reading) {
  return describe(reading.value, reading.data);
}

std::string age_text(std::optional<wall_time> time, wall_time now) {
  return time ? short_duration(now - *time) : "-";
}

std::string age_text(const client::reading_info& reading, wall_time now) {
  return reading.age ? short_duration(*reading.age) : age_text(reading.time, now);
}

} // namespace xylem
