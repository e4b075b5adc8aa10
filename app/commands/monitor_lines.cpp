#include "app/commands/monitor_lines.hpp"

#include "app/client/gateway_state.hpp"
#include "app/commands/event_text.hpp"
#include "protocol/json_writer.hpp"

#include <fnmatch.h>

namespace xylem {

namespace {

/// `{"gateway":"north"`
std::string beginning(std::string_view gateway) {
  std::string line = "{\"gateway\":";
  append_json_text(line, gateway);
  return line;
}

void add_text(std::string& line, std::string_view name, std::string_view text) {
  line.append(",\"").append(name).append("\":");
  append_json_text(line, text);
}

void add_time(std::string& line, wall_time time) {
  line += ",\"time\":";
  append_json_time(line, time);
}

} // namespace

bool monitor_filter::matches(const followed_event& which) const {
  if (which.what.kind == event_kind::gap)
    return true;
  const std::string mesh{which.mesh};
  auto fits = [&mesh](const std::string& pattern) {
    return fnmatch(pattern.c_str(), mesh.c_str(), 0) == 0;
  };
  return kinds.contains(which.what.kind) && (meshes.empty() || std::ranges::any_of(meshes, fits));
}

std::string text_line(const followed_event& which) {
  std::string json;
  which.append_json(json);
  auto document = client::parse_json(json);
  return document ? event_text(client::parse_event(client::json_view{*document})) : json;
}

std::string json_line(const followed_event& which) {
  std::string line;
  which.append_json(line);
  return line += '\n';
}

std::string json_line(const gateway_change& what, wall_time now) {
  auto line = beginning(what.gateway);
  add_text(line, "kind", "gateway");
  add_time(line, now);
  add_text(line, "state", to_string(what.state));
  add_text(line, "reason", what.reason);
  return line += "}\n";
}

std::string position_line(std::string_view gateway, cursor reached, wall_time now) {
  auto line = beginning(gateway);
  line += ",\"epoch\":";
  append_json_number(line, reached.epoch);
  line += ",\"seq\":";
  append_json_number(line, reached.seq);
  add_time(line, now);
  add_text(line, "kind", "position");
  return line += "}\n";
}

} // namespace xylem
