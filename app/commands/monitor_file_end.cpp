#include "app/commands/monitor_file_end.hpp"

#include "app/client/json_view.hpp"
#include "app/commands/console_text.hpp"
#include "protocol/spelling.hpp"

#include <algorithm>

namespace xylem {

namespace {

constexpr std::string_view every_line_begins = "{\"gateway\":\"";

/// What a message shows of a line.
constexpr std::size_t shown_bytes = 60;

std::string not_ours(std::string_view line) {
  return "this is none of its lines: " + in_quotes(printable(line.substr(0, shown_bytes)));
}

/// As much of it as is there.
bool begins_like_ours(std::string_view line) {
  auto size = std::min(line.size(), every_line_begins.size());
  return line.substr(0, size) == every_line_begins.substr(0, size);
}

/// False when it is no line of such a file.
bool read_line(monitor_file_end& to, std::string_view line, std::size_t at) {
  if (!line.starts_with(every_line_begins))
    return false;
  auto document = client::parse_json(line);
  if (!document)
    return false;
  client::json_view view{*document};
  auto name = view["gateway"].text();
  auto epoch = view["epoch"].count();
  auto seq = view["seq"].count();
  if (epoch && seq)
    to.positions.insert_or_assign(name, monitor_file_end::position{{*epoch, *seq}, at});
  return !name.empty();
}

} // namespace

std::variant<monitor_file_end, std::string> read_file_end(std::string_view content,
                                                          file_part which) {
  auto written = content.substr(0, content.find_last_not_of('\0') + 1);
  auto end = written.rfind('\n') + 1; // 0 without one
  auto begin = which == file_part::all ? 0 : written.find('\n') + 1;
  if (which == file_part::last && end == 0)
    return not_ours(written);
  if (auto torn = written.substr(end); !begins_like_ours(torn))
    return not_ours(torn);
  monitor_file_end found{.size = end};
  while (begin < end) {
    auto line = written.substr(begin, written.find('\n', begin) - begin);
    if (!read_line(found, line, begin))
      return not_ours(line);
    begin += line.size() + 1;
  }
  return found;
}

} // namespace xylem
