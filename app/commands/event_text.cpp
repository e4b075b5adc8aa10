#include "app/commands/event_text.hpp"

#include "app/commands/console_text.hpp"
#include "protocol/iso_time.hpp"

namespace xylem {

namespace {

constexpr std::size_t kind_width = 14; // root_restarted

/// The mesh of a gateway that has only one is not worth a word.
constexpr std::string_view only_mesh = "default";

/// How many is unknown when the gateway was restarted in between.
std::string lost_text(std::uint64_t count) {
  return count == 0 ? "events lost" : counted(count, "event") + " lost";
}

std::string content_of(const client::gateway_event& event) {
  if (!event.text.empty())
    return event.text;
  return event.data.empty() && event.value.empty() ? "" : describe(event.value, event.data);
}

} // namespace

std::string event_text(const client::gateway_event& event) {
  auto line = event.time ? iso_time(*event.time) : std::string{"-"};
  auto add = [&line](const std::string& part) {
    if (!part.empty())
      line += "  " + part;
  };
  auto kind = event.kind;
  kind.resize(std::max(kind.size(), kind_width), ' ');
  add(kind);
  add(event.mesh == only_mesh ? "" : event.mesh);
  add(event.id == 0 ? "" : "command " + std::to_string(event.id));
  add(event.node ? "node " + std::to_string(event.node->value) : "");
  add(event.type);
  add(event.state);
  add(event.kind == "gap" ? lost_text(event.count) : "");
  add(content_of(event));
  line.erase(line.find_last_not_of(' ') + 1);
  return printable(line);
}

} // namespace xylem
