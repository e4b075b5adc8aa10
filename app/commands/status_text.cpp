#include "app/commands/status_text.hpp"

#include "app/commands/console_text.hpp"
#include "app/commands/reading_text.hpp"
#include "app/commands/table.hpp"
#include "protocol/iso_time.hpp"

#include <algorithm>
#include <ostream>

namespace xylem {

namespace {

using client::json_view;

/// More of them are in `xylem status --json`.
constexpr std::size_t shown_incidents = 5;

/// A thousand years in seconds: what a broken document says beyond is cut.
constexpr double longest_uptime = 31'557'600'000;

constexpr std::size_t label_width = 10;

std::string number_of(json_view value) {
  auto count = value.count();
  return count ? std::to_string(*count) : "-";
}

/// `10 active, 1 idle`: the numbers of `object`, in this order, those that are there.
std::string numbers_of(json_view object, const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    if (!object[name].exists())
      continue;
    auto words = name;
    std::ranges::replace(words, '_', ' ');
    text += (text.empty() ? "" : ", ") + number_of(object[name]) + " " + words;
  }
  return text;
}

/// A text, or `-` for one that is missing.
std::string text_of(json_view value) {
  auto text = value.text();
  return text.empty() ? "-" : printable(text);
}

std::string age_of(json_view time, wall_time now) {
  return age_text(parse_iso_time(time.text()), now);
}

void print_line(std::ostream& out, std::string_view label, const std::string& text) {
  if (text.empty())
    return;
  std::string padded{label};
  padded.resize(label_width, ' ');
  out << "  " << padded << printable(text) << '\n';
}

std::string link_text(json_view link, wall_time now) {
  auto text = link["state"].text();
  if (auto reason = link["reason"].text(); !reason.empty())
    text += " (" + reason + ")";
  auto port = link["port"].text();
  text += port.empty() ? "" : ", " + port;
  if (auto resolved = link["resolved"].text(); !resolved.empty() && resolved != port)
    text += " = " + resolved;
  if (link["since"].exists())
    text += ", for " + age_of(link["since"], now);
  if (link["last_frame"].exists())
    text += ", last frame " + age_of(link["last_frame"], now) + " ago";
  return text;
}

struct reject_sums {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  std::string text; ///< by reason
};

reject_sums sums_of(json_view rejects) {
  reject_sums sums;
  for (const auto& [reason, value] : rejects.members()) {
    auto count = value["count"].count().value_or(0);
    if (count == 0)
      continue;
    sums.count += count;
    sums.bytes += value["bytes"].count().value_or(0);
    sums.text += (sums.text.empty() ? "" : ", ") + std::to_string(count) + " " + reason;
  }
  return sums;
}

void print_uart(std::ostream& out, json_view uart) {
  if (!uart.exists())
    return;
  auto rejected = sums_of(uart["rejects"]);
  print_line(out, "read",
             number_of(uart["bytes_read"]) + " bytes = " + number_of(uart["frame_bytes"]) + " in "
                 + number_of(uart["frames"]) + " frames + " + number_of(uart["console_bytes"])
                 + " console + " + std::to_string(rejected.bytes) + " rejected + "
                 + number_of(uart["pending_bytes"]) + " pending");
  print_line(out, "rejected", rejected.text);
  auto written = number_of(uart["bytes_written"]) + " bytes";
  if (auto queue = uart["transmit_queue"]; queue.exists())
    written += ", " + number_of(queue["commands"]) + " commands (" + number_of(queue["bytes"])
               + " bytes) wait for their burst";
  print_line(out, "written", written);
}

void print_clients(std::ostream& out, json_view clients) {
  if (!clients.exists())
    return;
  print_line(out, "clients",
             number_of(clients["connected"]) + " of " + number_of(clients["limit"]) + " on "
                 + clients["address"].text() + ", "
                 + numbers_of(clients, {"listeners", "accepted", "refused", "requests",
                                        "pushes", "listeners_cut"}));
  std::string failures;
  for (const auto& [text, count] : clients["failures"].members())
    failures += (failures.empty() ? "" : ", ") + number_of(count) + " " + text;
  print_line(out, "refusals", failures);
}

void print_mesh(std::ostream& out, json_view mesh, wall_time now) {
  out << "\nmesh " << text_of(mesh["name"]) << " (" << text_of(mesh["dialect"]) << ")\n";
  print_line(out, "link", link_text(mesh["link"], now));
  print_uart(out, mesh["uart"]);
  print_line(out, "commands",
             numbers_of(mesh["commands"],
                        {"accepted", "written", "expired", "failed", "unknown", "waiting"}));
  print_line(out, "nodes", numbers_of(mesh["nodes"], {"total", "active", "idle", "disconnected"}));
  print_line(out, "cache", numbers_of(mesh["cache"], {"readings", "bytes", "evicted"}));
  print_clients(out, mesh["clients"]);
}

void print_events(std::ostream& out, json_view events) {
  if (!events.exists())
    return;
  auto ring = numbers_of(events["ring"], {"events", "bytes"});
  out << "\nevents: number " << number_of(events["seq"]) << " of epoch "
      << number_of(events["epoch"]) << (ring.empty() ? "" : ", ring " + ring) << '\n';
  table shown{{{"SUBSCRIBER"},
               {"PUBLISHED", alignment::right},
               {"DELIVERED", alignment::right},
               {"COALESCED", alignment::right},
               {"DROPPED", alignment::right},
               {"QUEUED", alignment::right}}};
  for (auto one : events["subscribers"].items())
    shown.add({one["name"].text(), number_of(one["published"]), number_of(one["delivered"]),
               number_of(one["coalesced"]), number_of(one["dropped"]), number_of(one["queued"])});
  if (!shown.empty())
    shown.print(out, "  ");
}

/// Nothing of a gateway without one.
void print_recorder(std::ostream& out, json_view recorder, wall_time now) {
  auto state = recorder["state"].text();
  if (state.empty() || state == "off")
    return;
  out << "\nrecord: " << state;
  if (auto reason = recorder["reason"].text(); !reason.empty())
    out << " (" << reason << ')';
  out << '\n';
  auto events = recorder["events"];
  print_line(out, "events", number_of(events["received"]) + " received = "
                              + number_of(events["recorded"]) + " recorded + "
                              + number_of(events["not_recorded"]) + " not recorded + "
                              + number_of(events["waiting"]) + " waiting");
  auto database = recorder["database"];
  print_line(out, "database", numbers_of(database, {"bytes", "limit", "events", "set_aside"}));
  print_line(out, "today", number_of(recorder["written_today"]) + " bytes written, budget "
                             + number_of(recorder["max_bytes_per_day"]));
  auto snapshot = recorder["snapshot"];
  if (snapshot["time"].exists())
    print_line(out, "snapshot", age_of(snapshot["time"], now) + " ago");
  print_line(out, "no snapshot", snapshot["failure"].text());
}

/// Nothing of a gateway that nobody may follow.
void print_monitors(std::ostream& out, json_view gate, wall_time now) {
  auto state = gate["state"].text();
  if (state.empty() || state == "off")
    return;
  out << "\nmonitors: " << number_of(gate["connected"]) << " of " << number_of(gate["limit"]) << ", "
      << printable(state) << (gate["port"].count() ? " on port " + number_of(gate["port"]) : "")
      << '\n';
  print_line(out, "accepted", number_of(gate["accepted"]));
  std::string refused;
  for (const auto& [reason, count] : gate["refused"].members())
    refused += (refused.empty() ? "" : ", ") + number_of(count) + " " + reason;
  print_line(out, "refused", refused);
  table shown{{{"MONITOR"},
               {"ADDRESS"},
               {"SCOPE"},
               {"FOR"},
               {"SENT", alignment::right},
               {"MISSED", alignment::right},
               {"BEHIND", alignment::right}}};
  for (auto one : gate["connections"].items())
    shown.add({one["name"].text(), one["address"].text(), one["scope"].text(),
               age_of(one["since"], now), number_of(one["sent"]), number_of(one["missed"]),
               number_of(one["behind"])});
  if (!shown.empty())
    shown.print(out, "  ");
}

void print_actors(std::ostream& out, json_view actors) {
  table shown{{{"ACTOR"}, {"STATE"}, {"RESTARTS", alignment::right}, {"WAITS FOR"}}};
  for (auto actor : actors.items())
    shown.add({actor["name"].text(), actor["state"].text(), number_of(actor["restarts"]),
               actor["waits_for"].text()});
  if (shown.empty())
    return;
  out << "\nactors\n";
  shown.print(out, "  ");
}

/// The latest ones, newest first; the gateway lists them in the order of their start.
void print_incidents(std::ostream& out, json_view incidents) {
  if (!incidents.exists())
    return;
  out << "\nincidents: " << number_of(incidents["total"]) << '\n';
  auto recent = incidents["recent"].items();
  std::ranges::stable_sort(recent, std::ranges::greater{},
                           [](json_view one) { return one["start"].text(); });
  table shown{{{"START"}, {"LASTED", alignment::right}, {"ACTOR"}, {"CAUSE"}, {"LOST"}}};
  for (auto one : std::span{recent}.first(std::min(recent.size(), shown_incidents))) {
    auto start = parse_iso_time(one["start"].text());
    auto end = parse_iso_time(one["end"].text());
    auto lost = one["lost"].text();
    shown.add({one["start"].text(), start && end ? short_duration(*end - *start) : "goes on",
               one["actor"].text(), one["cause"].text(),
               lost.empty() ? number_of(one["lost"]) : lost});
  }
  if (!shown.empty())
    shown.print(out, "  ");
}

} // namespace

void print_status(std::ostream& out, json_view status, wall_time now) {
  out << "xylem " << text_of(status["version"]) << ": " << text_of(status["state"]);
  if (auto uptime = status["uptime_seconds"].number(); uptime && *uptime >= 0 && *uptime <= longest_uptime)
    out << ", up " << short_duration(std::chrono::seconds{static_cast<std::int64_t>(*uptime)});
  if (status["pid"].exists())
    out << ", process " << number_of(status["pid"]);
  out << '\n';
  for (auto mesh : status["meshes"].items())
    print_mesh(out, mesh, now);
  print_events(out, status["events"]);
  print_recorder(out, status["recorder"], now);
  print_monitors(out, status["monitor_gate"], now);
  print_actors(out, status["actors"]);
  for (auto silent : status["silent_actors"].items())
    out << "  " << silent.text() << " does not answer\n";
  print_incidents(out, status["incidents"]);
}

} // namespace xylem
