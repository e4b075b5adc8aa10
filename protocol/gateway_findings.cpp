#include "protocol/gateway_findings.hpp"

#include <algorithm>

namespace xylem {

namespace {

namespace json = boost::json;

/// More do not help anybody who reads them; a gateway tells a thousand.
constexpr std::size_t most_told = 5;

const json::value* member(const json::value* of, std::string_view name) {
  auto object = of != nullptr ? of->if_object() : nullptr;
  return object != nullptr ? object->if_contains(name) : nullptr;
}

std::string text(const json::value* of, std::string_view name) {
  auto found = member(of, name);
  auto string = found != nullptr ? found->if_string() : nullptr;
  return string != nullptr ? std::string{string->data(), string->size()} : std::string{};
}

std::uint64_t number(const json::value* of, std::string_view name) {
  auto found = member(of, name);
  boost::system::error_code wrong;
  auto value = found != nullptr ? found->to_number<std::uint64_t>(wrong) : 0;
  return wrong ? 0 : value;
}

std::vector<const json::value*> items(const json::value* of, std::string_view name) {
  std::vector<const json::value*> out;
  auto found = member(of, name);
  if (auto array = found != nullptr ? found->if_array() : nullptr)
    for (const auto& each : *array)
      out.push_back(&each);
  return out;
}

void add_to(std::string& list, std::size_t index, const std::string& what) {
  if (index < most_told)
    list += (list.empty() ? "" : "; ") + what;
  else if (index == most_told)
    list += "; …";
}

finding judge_state(const json::value* status) {
  finding out{.id = "gateway_state", .statement = "the gateway is well"};
  out.evidence = "pid " + std::to_string(number(status, "pid")) + ", version "
                 + text(status, "version") + ", state " + text(status, "state");
  if (text(status, "state") == "ok")
    return out;
  out.level = severity::warning;
  out.statement = "the gateway is " + text(status, "state");
  out.advice = "the other findings say why; `xylem status` and the log say more";
  return out;
}

finding judge_actors(const json::value* status) {
  finding out{.id = "gateway_actors", .statement = "every part of the gateway runs"};
  std::size_t count = 0;
  for (const auto* actor : items(status, "actors"))
    if (text(actor, "state") == "parked")
      add_to(out.evidence, count++,
             text(actor, "name") + " is parked: " + text(actor, "waits_for"));
  for (const auto* name : items(status, "silent_actors"))
    if (auto string = name->if_string())
      add_to(out.evidence, count++,
             std::string{string->data(), string->size()} + " does not answer");
  if (count == 0)
    return out;
  out.level = severity::error;
  out.statement = "parts of the gateway do not run";
  out.advice = "what a part waits for is in the evidence; it is tried again by itself";
  return out;
}

finding judge_incidents(const json::value* status) {
  finding out{.id = "gateway_incidents", .statement = "nothing is broken at the moment"};
  auto incidents = member(status, "incidents");
  std::size_t count = 0;
  for (const auto* one : items(incidents, "recent"))
    if (text(one, "end").empty())
      add_to(out.evidence, count++, text(one, "actor") + ": " + text(one, "cause"));
  if (count > 0) {
    out.level = severity::warning;
    out.statement = "something is broken at the moment";
    out.advice = "`xylem status` tells each; what can be repaired is repaired by itself";
  } else {
    out.evidence = std::to_string(number(incidents, "total")) + " incidents since the start";
  }
  return out;
}

finding judge_record(const json::value* status) {
  finding out{.id = "gateway_record", .statement = "everything is recorded"};
  auto recorder = member(status, "recorder");
  auto events = member(recorder, "events");
  auto lost = number(events, "not_recorded");
  auto state = text(recorder, "state");
  out.evidence = "state " + state + ", " + std::to_string(number(events, "recorded"))
                 + " events recorded, " + std::to_string(lost) + " not";
  if (state != "recording" && state != "off") {
    out.level = severity::error;
    out.statement = "nothing is recorded: " + text(recorder, "reason");
    out.advice = "disk_space and state_dir say what to do";
  } else if (lost > 0) {
    out.level = severity::note;
    out.statement = std::to_string(lost) + " events were not recorded since the start";
  }
  return out;
}

finding judge_link(const json::value* mesh) {
  auto link = member(mesh, "link");
  auto state = text(link, "state");
  finding out{.id = state == "silent"  ? "line_silent"
                    : state == "noisy" ? "line_noise"
                                       : "gateway_link",
              .subject = text(mesh, "name")};
  out.evidence = text(link, "reason");
  out.statement = "the link is " + state;
  if (state == "up")
    return out;
  out.level = state == "down" ? severity::error : severity::warning;
  out.advice =
      state == "silent"
          ? "press the root's reset button; else check its power, its cable, and TX and RX"
      : state == "noisy"
          ? "wrong rate: stop the gateway and run xylem doctor, which finds it; else the cable"
          : "port_exists, port_access and port_holder say what to do";
  return out;
}

} // namespace

std::vector<finding> judge_gateway(const json::value& status) {
  std::vector<finding> out{judge_state(&status), judge_actors(&status), judge_incidents(&status)};
  if (auto recorder = member(&status, "recorder"); recorder != nullptr && recorder->is_object())
    out.push_back(judge_record(&status));
  for (const auto* mesh : items(&status, "meshes"))
    if (member(mesh, "link") != nullptr && text(mesh, "dialect") != "remote")
      out.push_back(judge_link(mesh));
  return out;
}

} // namespace xylem
