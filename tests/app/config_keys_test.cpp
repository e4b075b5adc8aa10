#include "tests/app/config_loading.hpp"

#include "app/config/keys.hpp"

#include <algorithm>
#include <cctype>

using namespace xylem;
using namespace xylem::test;

namespace {

/// For every key another value than its default, as it stands in a file.
const std::map<std::string, std::string> other_values{
    {"state_dir", "\"/var/lib/xylem\""},
    {"events.ring_events", "1000"},
    {"events.ring_bytes", "\"1 MiB\""},
    {"recorder.enabled", "false"},
    {"recorder.max_age", "\"30d\""},
    {"recorder.max_log_age", "\"1d\""},
    {"recorder.max_bytes", "\"512 MiB\""},
    {"recorder.max_bytes_per_day", "\"1 GiB\""},
    {"recorder.sync", "false"},
    {"recorder.snapshot_period", "\"90s\""},
    {"recorder.journal", "\"/run/xylem\""},
    {"monitor.name", "\"north\""},
    {"monitor.authority", "\"/etc/xylem/authority.pem\""},
    {"monitor.certificate", "\"/etc/xylem/north.pem\""},
    {"monitor.key", "\"/etc/xylem/north.key\""},
    {"monitor.connections", "8"},
    {"log.level", "\"debug\""},
    {"log.format", "\"json\""},
    {"mesh.name", "\"field-1\""},
    {"mesh.serial", "\"/dev/ttyUSB*\""},
    {"mesh.baud", "921600"},
    {"mesh.flow_control", "\"hardware\""},
    {"mesh.modem_lines", "\"release\""},
    {"mesh.dialect", "\"classic\""},
    {"mesh.request_address", "\"big\""},
    {"mesh.max_frame", "\"1 KiB\""},
    {"mesh.transmit", "\"block\""},
    {"mesh.transmit_queue_commands", "7"},
    {"mesh.transmit_queue_bytes", "\"2 KiB\""},
    {"mesh.command_ttl", "\"1500ms\""},
    {"mesh.listen", "\"[::1]:5002\""},
    {"mesh.insecure", "true"},
    {"mesh.clients", "3"},
    {"mesh.listener_queue", "16"},
    {"mesh.listener_queue_bytes", "\"8 KiB\""},
    {"mesh.idle_timeout", "\"50ms\""},
    {"mesh.request_timeout", "\"2s\""},
    {"mesh.idle_after", "\"30s\""},
    {"mesh.disconnected_after", "\"90s\""},
    {"mesh.silent_after", "\"45s\""},
    {"mesh.history_depth", "9"},
    {"mesh.cache_bytes", "\"128 MiB\""},
    {"mesh.capture_bytes", "\"1 MiB\""},
};

template <class Target>
void add_shown(std::map<std::string, std::string>& out, const std::string& section,
               const key_table<Target>& keys, const Target& target) {
  for (const auto& key : keys)
    out[section + key.name] = key.show(target);
}

/// Every key as a file would hold it; `insecure` is left out, it is no setting, and
/// `monitor.listen`, which needs others.
std::map<std::string, std::string> shown(const gateway_settings& settings) {
  std::map<std::string, std::string> out;
  add_shown(out, "", top_level_keys(), settings);
  add_shown(out, "events.", event_keys(), settings.events);
  add_shown(out, "recorder.", recorder_keys(), settings.recorder);
  add_shown(out, "log.", log_keys(), settings.log);
  add_shown(out, "monitor.", monitor_keys(), settings.monitor);
  out.erase("monitor.listen");
  mesh_draft mesh{settings.meshes.at(0), false};
  add_shown(out, "mesh.", mesh_keys(), mesh);
  out.erase("mesh.insecure");
  return out;
}

gateway_settings defaults() {
  gateway_settings settings;
  settings.meshes.emplace_back().serial = "/dev/ttyACM0";
  return settings;
}

std::map<std::string, std::string> expected(const std::string& path, const std::string& value) {
  auto out = shown(defaults());
  if (path != "mesh.insecure")
    out.at(path) = value;
  return out;
}

std::string in_file(const std::string& path, const std::string& value) {
  auto dot = path.find('.');
  if (dot == std::string::npos)
    return path + " = " + value + "\n[[mesh]]\nserial = \"/dev/ttyACM0\"\n";
  auto section = path.substr(0, dot);
  auto line = path.substr(dot + 1) + " = " + value + '\n';
  if (path == "mesh.serial")
    return "[[mesh]]\n" + line;
  if (section == "mesh")
    return "[[mesh]]\nserial = \"/dev/ttyACM0\"\n" + line;
  return "[[mesh]]\nserial = \"/dev/ttyACM0\"\n[" + section + "]\n" + line;
}

std::string without_quotes(std::string value) {
  std::erase(value, '"');
  return value;
}

std::string variable(const std::string& path) {
  std::string name = "XYLEM_";
  for (auto c : path)
    name += c == '.' ? std::string{"__"} : std::string(1, static_cast<char>(std::toupper(c)));
  return name;
}

const std::string base = "[[mesh]]\nserial = \"/dev/ttyACM0\"\n";

} // namespace

TEST_CASE("the tests of keys know every key") {
  std::vector<std::string> known{"mesh.insecure"};
  for (const auto& [path, value] : shown(defaults()))
    known.push_back(path);
  std::ranges::sort(known);
  std::vector<std::string> tested;
  for (const auto& [path, value] : other_values)
    tested.push_back(path);
  CHECK(tested == known);
}

TEST_CASE("every key can be set in the file, and sets nothing else") {
  for (const auto& [path, value] : other_values) {
    CAPTURE(path);
    CHECK(shown(settings_of(file(in_file(path, value)))) == expected(path, value));
  }
}

TEST_CASE("every key can be set in the environment, and sets nothing else") {
  for (const auto& [path, value] : other_values) {
    CAPTURE(path);
    configuration_source source{"x.toml", base, {{variable(path), without_quotes(value)}}, {}};
    CHECK(shown(settings_of(source)) == expected(path, value));
  }
}

TEST_CASE("every key can be set with --set, and sets nothing else") {
  for (const auto& [path, value] : other_values) {
    CAPTURE(path);
    configuration_source source{"x.toml", base, {}, {path + '=' + without_quotes(value)}};
    CHECK(shown(settings_of(source)) == expected(path, value));
  }
}

TEST_CASE("a file with no more than a port gives the defaults") {
  CHECK(shown(settings_of(file(base))) == shown(defaults()));
}

TEST_CASE("every default is within its range") {
  auto check = [](const auto& keys, auto target) {
    for (const auto& key : keys) {
      CAPTURE(key.name);
      CHECK(key.set(target, written_value::untyped(without_quotes(key.show(target)))));
    }
  };
  check(top_level_keys(), gateway_settings{});
  check(event_keys(), event_settings{});
  check(recorder_keys(), recorder_settings{});
  check(log_keys(), log_settings{});
  check(monitor_keys(), monitor_settings{});
  check(followed_gateway_keys(), followed_gateway{});
  check(mesh_keys(), mesh_draft{});
}

TEST_CASE("both ends of a range are in it, and the next values are not") {
  struct range_case {
    std::string key, least, most, below, above;
  };
  const range_case cases[]{
      {"baud", "300", "12000000", "299", "12000001"},
      {"max_frame", "64", "65536", "63", "65537"},
      {"clients", "1", "65535", "0", "65536"},
      {"transmit_queue_commands", "1", "65536", "0", "65537"},
      {"command_ttl", "\"10ms\"", "\"1h\"", "\"9ms\"", "3600.001"},
      {"idle_timeout", "0", "\"7d\"", "-1", "\"604800001ms\""},
      {"cache_bytes", "1024", "\"2 GiB\"", "1023", "2147483649"},
      {"history_depth", "1", "65536", "0", "65537"},
  };
  for (const auto& [key, least, most, below, above] : cases) {
    CAPTURE(key);
    for (const auto& value : {least, most})
      CHECK(problems_of(file(base + key + " = " + value)).empty());
    for (const auto& value : {below, above})
      CHECK(mentions(only_problem(file(base + key + " = " + value)), " to "));
  }
}

TEST_CASE("a duration in a file may be a whole or a fractional number of seconds") {
  using namespace std::chrono_literals;
  CHECK(settings_of(file(base + "idle_timeout = 2")).meshes[0].idle_timeout == 2s);
  CHECK(settings_of(file(base + "idle_timeout = 0.05")).meshes[0].idle_timeout == 50ms);
}

TEST_CASE("a serial port is a path, a glob, or a tcp address") {
  for (auto port : {"/dev/serial/by-id/usb-*", "./root.pty", "tcp://ser2net:3000", "tcp://[::1]:1"})
    CHECK(settings_of({"", "", {}, {std::string{"mesh.serial="} + port}}).meshes[0].serial == port);
  for (auto port : {"ttyUSB0", "tcp://host", "tcp://host:0", "udp://host:1", "/dev/\ttty"})
    CHECK(mentions(only_problem({"", "", {}, {std::string{"mesh.serial="} + port}}), "expected"));
}
