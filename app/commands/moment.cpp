#include "app/commands/moment.hpp"

#include "app/config/quantity.hpp"
#include "protocol/iso_time.hpp"

namespace xylem {

std::optional<wall_time> parse_moment(std::string_view text, wall_time now) {
  constexpr std::string_view ago = " ago";
  if (auto time = parse_iso_time(text))
    return time;
  if (auto time = parse_iso_time(std::string{text} + "T00:00:00Z"))
    return time;
  if (text.ends_with(ago))
    text.remove_suffix(ago.size());
  auto has_unit = text.find_first_of("smhd") != std::string_view::npos;
  auto span = has_unit ? parse_milliseconds(text) : std::nullopt;
  if (!span)
    return std::nullopt;
  return now - *span;
}

} // namespace xylem
