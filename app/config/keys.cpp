#include "app/config/key_kinds.hpp"

#include <algorithm>

namespace xylem {

namespace {

using namespace std::chrono_literals;
namespace kinds = key_kinds;

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;
constexpr std::size_t GiB = 1024 * MiB;

constexpr std::size_t longest_path = 4096;

/// Values that stand between quotes in a file and in messages as they are.
bool is_plain(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F || c == '"' || c == '\\'; });
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_mesh_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, is_name_character);
}

bool is_folder(std::string_view text) {
  return text.empty() || (text.front() == '/' && text.size() <= longest_path && is_plain(text));
}

/// Empty is the default; that a mesh needs a port is checked with the whole.
bool is_serial(std::string_view text) {
  constexpr std::string_view tcp = "tcp://";
  if (text.starts_with(tcp)) {
    auto where = parse_endpoint(text.substr(tcp.size()));
    return where && where->port != 0;
  }
  auto is_path =
      text.find('/') != std::string_view::npos && text.find("://") == std::string_view::npos;
  return text.empty() || (is_path && text.size() <= longest_path && is_plain(text));
}

/// `https://farm.example:8443`, without a path.
bool is_origin(std::string_view text) {
  auto scheme = text.starts_with("https://") ? 8U : text.starts_with("http://") ? 7U : 0U;
  auto host = text.substr(scheme);
  return scheme != 0 && !host.empty() && host.find_first_of("/?#@, ") == std::string_view::npos
         && is_plain(text);
}

std::vector<std::pair<std::string, std::string>> dialects() {
  std::vector<std::pair<std::string, std::string>> names;
  for (auto name : dialect_names())
    names.emplace_back(name, name);
  return names;
}

} // namespace

std::string key_kinds::any_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "\"" : i + 1 < names.size() ? ", \"" : " or \"") + names[i] + '"';
  return out;
}

std::vector<std::string> key_kinds::split_list(std::string_view text) {
  std::vector<std::string> items;
  for (auto rest = text; !rest.empty();) {
    auto end = std::min(rest.find(','), rest.size());
    auto item = rest.substr(0, end);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    item = item.substr(0, item.find_last_not_of(' ') + 1);
    if (!item.empty())
      items.emplace_back(item);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return items;
}

const key_table<gateway_settings>& top_level_keys() {
  static const key_table<gateway_settings> keys{
      kinds::text<gateway_settings>("state_dir", &gateway_settings::state_dir,
                                    "an absolute folder, or empty", is_folder,
                                    "Where state outlives a restart; empty: nothing is written."),
  };
  return keys;
}

const key_table<event_settings>& event_keys() {
  static const key_table<event_settings> keys{
      kinds::count<event_settings>("ring_events", &event_settings::ring_events, {1, 16'777'216},
                                   "events", "Recent events that a subscriber can resume from."),
      kinds::size<event_settings>("ring_bytes", &event_settings::ring_bytes, {KiB, 2 * GiB},
                                  "What they may take; the oldest go first."),
  };
  return keys;
}

const key_table<web_draft>& web_keys() {
  using web = web_draft;
  static const key_table<web> keys{
      kinds::flag<web>("enabled", &web::enabled, "Whether there is a web port at all."),
      kinds::address<web>("listen", &web::listen,
                          "HTTP, WebSocket, metrics and the page; port 0: the system chooses."),
      kinds::text<web>("certificate", &web::certificate, "an absolute path, or empty", is_folder,
                       "PEM file with the certificate and those above it; with key: TLS."),
      kinds::text<web>("key", &web::key, "an absolute path, or empty", is_folder,
                       "PEM file with the private key."),
      kinds::text<web>("tokens", &web::tokens, "an absolute path, or empty", is_folder,
                       "Token file; empty: tokens.json in the state_dir, if it exists."),
      kinds::list<web>("origins", &web::origins, "\"https://host:port, …\"", is_origin,
                       "Further origins whose pages may use this gateway, separated by commas."),
      kinds::count<web>("connections", &web::connections, {1, 65'535}, "connections",
                        "Connections at a time; one more is refused."),
      kinds::flag<web>("insecure", &web::insecure,
                       "Lets listen be reached from other machines without TLS and tokens."),
  };
  return keys;
}

const key_table<recorder_settings>& recorder_keys() {
  using recorder = recorder_settings;
  static const key_table<recorder> keys{
      kinds::flag<recorder>("enabled", &recorder::enabled,
                            "Whether what happens is recorded when there is a state_dir."),
      kinds::duration<recorder>("max_age", &recorder::max_age, {0ms, 87'600h},
                                "Readings older than this go; 0: never."),
      kinds::duration<recorder>("max_log_age", &recorder::max_log_age, {0ms, 87'600h},
                                "Other events older than this go; 0: never."),
      kinds::size<recorder>("max_bytes", &recorder::max_bytes, {0, 1024 * GiB},
                            "What the database may take; the oldest go first; 0: no bound."),
      kinds::size<recorder>("max_bytes_per_day", &recorder::max_bytes_per_day, {0, 1024 * GiB},
                            "What may be written in a day (UTC), to spare an SD card; 0: no bound."),
      kinds::flag<recorder>("sync", &recorder::sync,
                            "Whether what is recorded survives a power cut, or only a crash."),
      kinds::duration<recorder>("snapshot_period", &recorder::snapshot_period, {100ms, 24h},
                                "How often the state of all nodes is saved."),
      kinds::text<recorder>("journal", &recorder::journal, "an absolute folder, or empty",
                            is_folder,
                            "Folder in memory for what is not recorded yet; empty: none."),
  };
  return keys;
}

const key_table<log_settings>& log_keys() {
  static const key_table<log_settings> keys{
      kinds::one_of<log_settings>("level", &log_settings::level,
                                  {{"debug", log_level::debug},
                                   {"info", log_level::info},
                                   {"warning", log_level::warning},
                                   {"error", log_level::error}},
                                  "The least that is logged."),
      kinds::one_of<log_settings>("format", &log_settings::format,
                                  {{"logfmt", log_format::logfmt}, {"json", log_format::json}},
                                  "One line an entry, on standard error."),
  };
  return keys;
}

namespace {

key_table<mesh_draft> port_keys() {
  using mesh = mesh_draft;
  return {
      kinds::text<mesh>("name", &mesh::name, "1 to 32 of a-z, 0-9, _ and -", is_mesh_name,
                        "Names the mesh in messages, paths and metrics; unique."),
      kinds::text<mesh>("serial", &mesh::serial, "a device path, a glob of one, or tcp://host:port",
                        is_serial,
                        "The root's port, best one of /dev/serial/by-id. Every mesh needs it."),
      kinds::count<mesh>("baud", &mesh::baud, {300, 12'000'000}, "bit/s",
                         "Speed of the port, always 8 data bits, no parity, 1 stop bit."),
      kinds::one_of<mesh>("flow_control", &mesh::flow,
                          {{"none", flow_control::none},
                           {"hardware", flow_control::hardware},
                           {"software", flow_control::software}},
                          "Flow control of the port: none, RTS/CTS, or XON/XOFF."),
      kinds::one_of<mesh>(
          "modem_lines", &mesh::modem,
          {{"keep", modem_lines::keep},
           {"release", modem_lines::release},
           {"set", modem_lines::set}},
          "DTR and RTS on open: as the driver has them, cleared, or set. Many ESP32 "
          "boards reset on them."),
      kinds::one_of<mesh>("dialect", &mesh::dialect, dialects(),
                          "What the root and its clients speak."),
      kinds::one_of<mesh>("request_address", &mesh::request_address,
                          {{"little", byte_order::little}, {"big", byte_order::big}},
                          "Byte order of the address in [REQ] pushes alone."),
      kinds::size<mesh>("max_frame", &mesh::max_frame, {64, 64 * KiB},
                        "Longest frame of the root; a longer one is dropped and counted."),
      kinds::one_of<mesh>(
          "transmit", &mesh::transmit,
          {{"stream", transmit_profile::stream},
           {"gap", transmit_profile::gap},
           {"block", transmit_profile::block}},
          "How commands go out: at once, in bursts with 1.05 s of silence between, or "
          "padded to 1,024 bytes."),
      kinds::count<mesh>("transmit_queue_commands", &mesh::transmit_queue_commands, {1, 65'536},
                         "commands", "Commands that wait for the port; one more is refused."),
      kinds::size<mesh>("transmit_queue_bytes", &mesh::transmit_queue_bytes, {KiB, 16 * MiB},
                        "What they may take."),
      kinds::duration<mesh>("command_ttl", &mesh::command_ttl, {10ms, 1h},
                            "How long a command waits for the link before it is expired."),
  };
}

key_table<mesh_draft> client_keys() {
  using mesh = mesh_draft;
  return {
      kinds::address<mesh>("listen", &mesh::listen,
                           "The client socket of this mesh; port 0: the system chooses."),
      kinds::flag<mesh>("insecure", &mesh::insecure,
                        "Lets listen be reached from other machines; there is no TLS here yet."),
      kinds::count<mesh>("clients", &mesh::clients, {1, 65'535}, "connections",
                         "Clients at a time; one more is refused."),
      kinds::count<mesh>("listener_queue", &mesh::listener_queue_pushes, {1, 1'000'000}, "pushes",
                         "Pushes that wait for a slow listener before it is disconnected."),
      kinds::size<mesh>("listener_queue_bytes", &mesh::listener_queue_bytes, {KiB, GiB},
                        "What they may take."),
      kinds::duration<mesh>("idle_timeout", &mesh::idle_timeout, {0ms, 168h},
                            "A client that is quiet for so long is disconnected; 0: never."),
      kinds::duration<mesh>("request_timeout", &mesh::request_timeout, {10ms, 1h},
                            "How long a request may stay incomplete."),
  };
}

key_table<mesh_draft> node_keys() {
  using mesh = mesh_draft;
  return {
      kinds::duration<mesh>("idle_after", &mesh::idle_after, {10ms, 720h},
                            "A node without a frame for so long is idle."),
      kinds::duration<mesh>("disconnected_after", &mesh::disconnected_after, {10ms, 720h},
                            "A node without a frame for so long is disconnected."),
      kinds::duration<mesh>("silent_after", &mesh::silent_after, {10ms, 720h},
                            "A link without a frame for so long is silent."),
      kinds::count<mesh>("history_depth", &mesh::history_depth, {1, 65'536}, "readings",
                         "Readings kept of a node and type."),
      kinds::size<mesh>("cache_bytes", &mesh::cache_bytes, {KiB, 2 * GiB},
                        "What the readings of all nodes may take; talkative nodes give theirs first."),
      kinds::size<mesh>("capture_bytes", &mesh::capture_bytes, {0, GiB},
                        "Latest traffic of the port that is kept for captures; 0: none."),
  };
}

} // namespace

const key_table<mesh_draft>& mesh_keys() {
  static const auto keys = [] {
    auto all = port_keys();
    std::ranges::move(client_keys(), std::back_inserter(all));
    std::ranges::move(node_keys(), std::back_inserter(all));
    return all;
  }();
  return keys;
}

} // namespace xylem
