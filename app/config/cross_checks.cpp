#include "app/config/cross_checks.hpp"

#include "app/config/quantity.hpp"

#include <algorithm>
#include <filesystem>

namespace xylem {

namespace {

/// Each mesh brings queues and a cache of its own; a host has fewer ports than this.
constexpr std::size_t most_meshes = 64;

std::string key_of(std::size_t mesh, std::string_view name) {
  return mesh_path(mesh) + '.' + std::string{name};
}

void report(configuration_draft& draft, std::size_t mesh, std::string_view name,
            std::string message) {
  auto key = key_of(mesh, name);
  draft.report(draft.place_of(key), key, std::move(message));
}

/// ` (line 3)`, or nothing for what has no line.
std::string line_of(const configuration_draft& draft, std::size_t mesh, std::string_view name) {
  auto place = draft.place_of(key_of(mesh, name));
  return place.line == 0 ? std::string{} : " (line " + std::to_string(place.line) + ')';
}

/// A misspelt key is told once: not also as the one that is missing.
bool is_misspelt(const configuration_draft& draft, std::size_t mesh, std::string_view name) {
  return std::ranges::any_of(draft.problems, [&](const configuration_problem& problem) {
    return problem.suggestion == name && split_path(problem.key).first == mesh_path(mesh);
  });
}

void check_serial(configuration_draft& draft, std::size_t mesh) {
  if (draft.meshes[mesh].serial.empty() && draft.usable(key_of(mesh, "serial"))
      && !is_misspelt(draft, mesh, "serial"))
    report(draft, mesh, "serial",
           "not set, expected the root's port, such as \"/dev/serial/by-id/usb-…\"");
}

void check_reach(configuration_draft& draft, std::size_t mesh) {
  const auto& settings = draft.meshes[mesh];
  auto usable = draft.usable(key_of(mesh, "listen")) && draft.usable(key_of(mesh, "insecure"));
  if (usable && !settings.insecure && !is_loopback(settings.listen))
    report(
        draft, mesh, "listen",
        in_quotes(show_endpoint(settings.listen))
            + " can be reached from other machines, and this socket has no TLS and no tokens yet; "
              "listen on 127.0.0.1, or write insecure = true in this mesh");
}

void check_liveness(configuration_draft& draft, std::size_t mesh) {
  const auto& settings = draft.meshes[mesh];
  auto usable =
      draft.usable(key_of(mesh, "idle_after")) && draft.usable(key_of(mesh, "disconnected_after"));
  if (!usable || settings.idle_after < settings.disconnected_after)
    return;
  auto named =
      draft.places.contains(key_of(mesh, "idle_after")) ? "idle_after" : "disconnected_after";
  report(draft, mesh, named,
         "idle_after (" + show_milliseconds(settings.idle_after)
             + ") must be shorter than disconnected_after ("
             + show_milliseconds(settings.disconnected_after) + ')');
}

std::string host_in_use(const endpoint& where) {
  return where.host == "localhost" ? "127.0.0.1" : where.host;
}

bool collide(const endpoint& left, const endpoint& right) {
  return left.port == right.port && left.port != 0
         && (host_in_use(left) == host_in_use(right) || is_any_address(left)
             || is_any_address(right));
}

std::string normal_path(const std::string& serial) {
  return serial.starts_with("tcp://") ? serial
                                      : std::filesystem::path{serial}.lexically_normal().string();
}

/// Reports `name` of `mesh` when an earlier mesh has it, too, as `same` decides.
template <class Same>
void check_unique(configuration_draft& draft, std::size_t mesh, std::string_view name,
                  const std::string& shown, Same same) {
  for (std::size_t other = 0; other < mesh; ++other) {
    auto usable = draft.usable(key_of(mesh, name)) && draft.usable(key_of(other, name));
    if (!usable || !same(draft.meshes[mesh], draft.meshes[other]))
      continue;
    report(draft, mesh, name,
           in_quotes(shown) + " is already that of mesh " + in_quotes(draft.meshes[other].name)
               + line_of(draft, other, name));
    return;
  }
}

void check_against_others(configuration_draft& draft, std::size_t mesh) {
  const auto& settings = draft.meshes[mesh];
  check_unique(draft, mesh, "name", settings.name,
               [](const auto& a, const auto& b) { return a.name == b.name; });
  check_unique(draft, mesh, "listen", show_endpoint(settings.listen),
               [](const auto& a, const auto& b) { return collide(a.listen, b.listen); });
  check_unique(draft, mesh, "serial", settings.serial, [](const auto& a, const auto& b) {
    return !a.serial.empty() && normal_path(a.serial) == normal_path(b.serial);
  });
}

void report_web(configuration_draft& draft, const std::string& key, std::string message) {
  draft.report(draft.place_of(key), key, std::move(message));
}

/// Who reaches the port from elsewhere may change things: nobody shall do so by accident.
void check_web(configuration_draft& draft) {
  const auto& web = draft.web;
  if (web.certificate.empty() != web.key.empty())
    report_web(draft, web.key.empty() ? "web.key" : "web.certificate",
               "not set, expected both web.certificate and web.key, or none of them");
  auto has_tokens = !web.tokens.empty() || !draft.gateway.state_dir.empty();
  auto is_safe = !web.certificate.empty() && has_tokens;
  if (web.enabled && !web.insecure && !is_safe && draft.usable("web.listen")
      && !is_loopback(web.listen))
    report_web(draft, "web.listen",
               in_quotes(show_endpoint(web.listen))
                   + " can be reached from other machines: set certificate and key, and tokens "
                     "(xylem token create), or listen on 127.0.0.1, or write insecure = true");
}

void check_against_meshes(configuration_draft& draft, const std::string& key,
                          const endpoint& where) {
  for (std::size_t mesh = 0; mesh < draft.meshes.size(); ++mesh)
    if (draft.usable(key_of(mesh, "listen")) && draft.usable(key)
        && collide(draft.meshes[mesh].listen, where))
      draft.report(draft.place_of(key), key,
                   in_quotes(show_endpoint(where)) + " is already that of mesh "
                       + in_quotes(draft.meshes[mesh].name) + line_of(draft, mesh, "listen"));
}

/// No two ports of the gateway at one place.
void check_listening(configuration_draft& draft) {
  const auto& monitor = draft.gateway.monitor;
  if (draft.web.enabled)
    check_against_meshes(draft, "web.listen", draft.web.listen);
  if (!monitor.is_followed())
    return;
  check_against_meshes(draft, "monitor.listen", monitor.listen);
  if (draft.web.enabled && draft.usable("web.listen") && collide(draft.web.listen, monitor.listen))
    draft.report(draft.place_of("monitor.listen"), "monitor.listen",
                 in_quotes(show_endpoint(monitor.listen)) + " is already that of the web port");
}

/// Nothing: it is said elsewhere, or there need be none.
std::string_view why_meshes_are_missing(const configuration_draft& draft, configuration_use use) {
  auto may_follow = use != configuration_use::gateway;
  if (!draft.usable("mesh") || use == configuration_use::monitor
      || (may_follow && (!draft.gateway.gateways.empty() || !draft.usable("gateway"))))
    return {};
  return "no mesh is configured, expected [[mesh]] with the serial port of a root, "
         "or --set mesh.serial=DEVICE";
}

} // namespace

void check_together(configuration_draft& draft, configuration_use use) {
  check_web(draft);
  check_listening(draft);
  check_monitor(draft, use);
  if (draft.meshes.empty()) {
    if (auto why = why_meshes_are_missing(draft, use); !why.empty())
      draft.report(draft.place_of("mesh"), "mesh", std::string{why});
    return;
  }
  if (draft.meshes.size() > most_meshes)
    return draft.report(draft.place_of(mesh_path(most_meshes)), "mesh",
                        "expected at most " + std::to_string(most_meshes) + " meshes");
  for (std::size_t mesh = 0; mesh < draft.meshes.size(); ++mesh) {
    check_serial(draft, mesh);
    check_reach(draft, mesh);
    check_liveness(draft, mesh);
    check_against_others(draft, mesh);
  }
}

} // namespace xylem
