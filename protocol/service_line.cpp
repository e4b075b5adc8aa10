#include "protocol/service_line.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace xylem {

namespace json = boost::json;

namespace {

/// Whole reasons are in the log; systemctl shows one line.
constexpr std::size_t longest_reason = 100;

const json::array& list_of(const json::object& status, std::string_view name) {
  static const json::array none;
  auto found = status.if_contains(name);
  return found && found->is_array() ? found->get_array() : none;
}

const json::object& part_of(const json::object& whole, std::string_view name) {
  static const json::object none;
  auto found = whole.if_contains(name);
  return found && found->is_object() ? found->get_object() : none;
}

std::string text_of(const json::object& whole, std::string_view name) {
  auto found = whole.if_contains(name);
  return found && found->is_string() ? std::string{found->get_string()} : std::string{};
}

std::uint64_t number_of(const json::object& whole, std::string_view name) {
  auto found = whole.if_contains(name);
  return found && found->is_number() ? found->to_number<std::uint64_t>() : 0;
}

/// `1 client`, `3 clients`.
std::string counted(std::uint64_t count, std::string_view what) {
  return std::to_string(count) + ' ' + std::string{what} + (count == 1 ? "" : "s");
}

/// Of one line, and not longer than is read.
std::string shortened(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  if (text.size() <= longest_reason)
    return text;
  auto end = longest_reason;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end; // not within a character
  return text.substr(0, end) + "…";
}

std::string mesh_line(const json::object& mesh) {
  const auto& link = part_of(mesh, "link");
  auto state = text_of(link, "state");
  auto out = text_of(mesh, "name") + ": " + state;
  if (state == "down")
    return out + " (" + shortened(text_of(link, "reason")) + ")";
  return out + ", " + counted(number_of(part_of(mesh, "nodes"), "total"), "node");
}

bool is_silent(const json::object& status, const std::string& actor) {
  return std::ranges::any_of(list_of(status, "silent_actors"), [&](const json::value& each) {
    return each.is_string() && std::string_view{each.get_string()} == actor;
  });
}

void append(std::string& line, std::string_view part) {
  if (!line.empty() && !part.empty())
    line += "; ";
  line += part;
}

} // namespace

std::vector<std::string> still_starting(const json::object& status) {
  std::vector<std::string> waiting;
  for (const auto& each : list_of(status, "actors")) {
    const auto& actor = each.as_object();
    auto name = text_of(actor, "name");
    auto state = text_of(actor, "state");
    auto has_its_time = state == "parked" || (name.starts_with("uart/") && state == "waiting")
                        || (name == "monitor_gate" && number_of(actor, "restarts") > 0);
    auto listens = name != "monitor_gate"
                   || text_of(part_of(status, "monitor_gate"), "state") == "listening";
    if (!has_its_time && (state != "running" || is_silent(status, name) || !listens))
      waiting.push_back(name);
  }
  return waiting;
}

std::string service_line(const json::object& status, std::string_view note) {
  std::string line;
  std::uint64_t clients = 0;
  for (const auto& each : list_of(status, "meshes")) {
    const auto& mesh = each.as_object();
    append(line, mesh_line(mesh));
    clients += number_of(part_of(mesh, "clients"), "connected");
  }
  append(line, counted(clients, "client"));
  const auto& recorder = part_of(status, "recorder");
  if (text_of(recorder, "state") == "degraded")
    append(line, "recorder: degraded (" + shortened(text_of(recorder, "reason")) + ")");
  for (const auto& each : list_of(status, "actors")) {
    const auto& actor = each.as_object();
    auto name = text_of(actor, "name");
    auto state = text_of(actor, "state");
    if (state == "parked")
      append(line, name + ": parked");
    else if (auto reason = text_of(actor, "waits_for"); name == "monitor_gate" && !reason.empty())
      append(line, name + ": tried again (" + shortened(reason) + ")");
  }
  for (const auto& each : list_of(status, "silent_actors"))
    append(line, std::string{each.as_string()} + ": does not answer");
  append(line, note);
  return line;
}

std::string starting_line(const std::vector<std::string>& waiting_for) {
  std::string line = "starting";
  for (const auto& each : waiting_for)
    line += (&each == &waiting_for.front() ? ": waits for " : ", ") + each;
  return line;
}

} // namespace xylem
