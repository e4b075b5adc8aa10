#include "app/commands/reading_text.hpp"

#include "app/commands/console_text.hpp"

namespace xylem {

std::string reading_text(const data_type_registry& types, type_code code, bytes_view data) {
  return describe(types.decode(code, data), data);
}

void add_reading(boost::json::object& to, const data_type_registry& types, type_code code,
                 bytes_view data) {
  to["data"] = to_hex(data);
  boost::json::object value;
  for (const auto& field : types.decode(code, data))
    std::visit([&](const auto& content) { value[field.name] = content; }, field.value);
  if (!value.empty())
    to["value"] = std::move(value);
}

std::string age_text(std::optional<wall_time> time, wall_time now) {
  return time ? short_duration(now - *time) : "-";
}

} // namespace xylem
