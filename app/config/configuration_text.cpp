#include "app/config/configuration_text.hpp"

#include "app/config/keys.hpp"
#include "app/config/quantity.hpp"

namespace xylem {

namespace {

constexpr std::string_view tcp = "tcp://";

/// Replaces hosts; each time by another name, lest two of them collide.
class host_redaction {
public:
  void hide(endpoint& where) {
    if (!is_loopback(where) && !is_any_address(where))
      where.host = next();
  }

  void hide_host_of_port(std::string& serial) {
    auto where = serial.starts_with(tcp) ? parse_endpoint(serial.substr(tcp.size())) : std::nullopt;
    if (!where)
      return;
    hide(*where);
    serial = std::string{tcp} + show_endpoint(*where);
  }

  /// `https://farm.example:8443` keeps its scheme and its port.
  void hide_host_of_origin(std::string& origin) {
    auto host = origin.find("://") + 3;
    auto port = origin.rfind(':');
    auto end = port > host && port != std::string::npos && origin.find(']', port) == std::string::npos
                 ? port
                 : origin.size();
    origin.replace(host, end - host, next());
  }

private:
  std::string next() { return "redacted-" + std::to_string(++count_); }

  int count_ = 0;
};

template <class Target>
void append(std::string& out, const key_table<Target>& keys, const Target& target) {
  for (const auto& key : keys)
    out += key.name + " = " + key.show(target) + '\n';
}

void append(std::string& out, const data_type& type) {
  out += "\n[[mesh.data_type]]\n";
  append(out, data_type_keys(), type);
  if (type.fields.empty())
    return;
  out += "fields = [\n";
  for (const auto& field : type.fields) {
    std::string members;
    for (const auto& key : data_field_keys())
      if (key.name == "type" || key.show(field) != key.show(data_field{})) // text has no scale
        members += (members.empty() ? "" : ", ") + key.name + " = " + key.show(field);
    out += "  { " + members + " },\n";
  }
  out += "]\n";
}

/// In one line: `{name = "office", scopes = ["read", "command"]}`.
void append_allowed(std::string& out, const std::vector<allowed_monitor>& allowed) {
  out += "allow = [";
  for (const auto& each : allowed)
    out += (&each == &allowed.front() ? "{name = \"" : ", {name = \"") + each.name
           + (each.scope == access_scope::read ? "\", scopes = [\"read\"]}"
                                               : "\", scopes = [\"read\", \"command\"]}");
  out += "]\n";
}

void append_monitor(std::string& out, const gateway_settings& settings, host_redaction& hosts) {
  auto monitor = settings.monitor;
  if (monitor.is_followed())
    hosts.hide(monitor.listen);
  out += "\n[monitor]\n";
  append(out, monitor_keys(), monitor);
  append_allowed(out, monitor.allow);
  for (auto gateway : settings.gateways) {
    hosts.hide(gateway.address);
    out += "\n[[gateway]]\n";
    append(out, followed_gateway_keys(), gateway);
  }
}

/// What must have been said, for the address to be listened on.
bool needs_insecure(const gateway_settings& settings) {
  auto has_tokens = !settings.web.tokens.empty() || !settings.state_dir.empty();
  return !is_loopback(settings.web.listen) && (settings.web.certificate.empty() || !has_tokens);
}

void append(std::string& out, const mesh_settings& settings, host_redaction& hosts) {
  mesh_draft mesh{settings};
  mesh.insecure = !is_loopback(settings.listen);
  hosts.hide(mesh.listen);
  hosts.hide_host_of_port(mesh.serial);
  out += "\n[[mesh]]\n";
  append(out, mesh_keys(), mesh);
  for (const auto& type : mesh.data_types)
    append(out, type);
}

} // namespace

std::string shown_configuration(const gateway_settings& settings) {
  host_redaction hosts;
  web_draft web{settings.web};
  web.insecure = needs_insecure(settings);
  hosts.hide(web.listen);
  for (auto& origin : web.origins)
    hosts.hide_host_of_origin(origin);
  std::string out;
  append(out, top_level_keys(), settings);
  out += "\n[events]\n";
  append(out, event_keys(), settings.events);
  out += "\n[web]\n";
  append(out, web_keys(), web);
  out += "\n[recorder]\n";
  append(out, recorder_keys(), settings.recorder);
  out += "\n[log]\n";
  append(out, log_keys(), settings.log);
  append_monitor(out, settings, hosts);
  for (const auto& mesh : settings.meshes)
    if (!mesh.remote)
      append(out, mesh, hosts);
  return out;
}

} // namespace xylem
