#include "app/doctor/examination.hpp"

#include "actors/serial_port.hpp"
#include "actors/token_file.hpp"
#include "app/config/configuration.hpp"
#include "app/config/quantity.hpp"
#include "app/doctor/accounts.hpp"
#include "app/doctor/configuration_edit.hpp"
#include "app/doctor/examined_configuration.hpp"
#include "app/doctor/gateway_probe.hpp"
#include "app/doctor/port_search.hpp"
#include "app/doctor/processes.hpp"
#include "protocol/line_findings.hpp"

#include <unistd.h>

#include <algorithm>

namespace xylem {

namespace {

/// Less is not worth an edit: other things have to go from that disk.
constexpr std::uint64_t smallest_budget = 64 * 1024 * 1024;

/// One run over one configuration; each member function looks at one thing.
class examination {
public:
  examination(const examination_request& request, const host_probe& host)
      : request_{request}, host_{host}, who_{own_typist()},
        configuration_{examine_configuration(request, who_)}, editor_{configuration_.source, who_},
        settings_{configuration_.settings}, caller_{current_account()}, runs_{caller_} {}

  std::vector<finding> run() {
    add(configuration_.findings);
    look_at_gateway();
    choose_account();
    auto present = find_present_ports();
    for (std::size_t index = 0; index < settings_.meshes.size(); ++index)
      if (!settings_.meshes[index].serial.empty())
        look_at_port(index, present);
    look_at_machine();
    look_at_state();
    look_at_files();
    look_at_listeners();
    return std::move(findings_);
  }

private:
  void add(finding what) { findings_.push_back(std::move(what)); }
  void add(std::vector<finding> what) { std::ranges::move(what, std::back_inserter(findings_)); }

  void look_at_gateway() {
    auto access = request_.gateway;
    const auto& web = settings_.web;
    if (!request_.asks_there) {
      if (!web.enabled || web.listen.port == 0)
        return;
      auto host = is_any_address(web.listen) ? std::string{"127.0.0.1"} : web.listen.host;
      access.url.scheme =
          web.certificate.empty() ? client::web_scheme::http : client::web_scheme::https;
      access.url.where = {host, web.listen.port};
    }
    gateway_ = ask_gateway(access, who_);
    add(gateway_.findings);
  }

  /// Who runs the gateway, or would: the rights that count are theirs.
  void choose_account() {
    if (auto owner = gateway_.pid() ? account_of_process(*gateway_.pid()) : std::nullopt)
      runs_ = owner->user == caller_.user ? caller_ : *owner;
    else if (auto service = find_account("xylem");
             service && configuration_.source.file == installed_configuration)
      runs_ = *service;
  }

  void look_at_port(std::size_t index, const present_ports& present) {
    const auto& mesh = settings_.meshes[index];
    if (is_network_port(mesh.serial))
      return listen(index, mesh.serial);
    auto port = find_port(mesh, present);
    add(judge_port_exists(port, present));
    auto device = describe_file(port.device);
    if (port.device.empty() || !device || !port.is_serial)
      return;
    auto name = port.own_names.empty() ? std::string{} : in_toml(port.own_names.front());
    add(judge_port_name(port, editor_.set(mesh_path(index) + ".serial", name)));
    look_at_rights(port, *device);
    auto holders = holders_of(port.device);
    add(judge_port_holder(port, holders, gateway_.processes, who_));
    if (holders.empty() && !gateway_.holds(mesh.name)
        && may(caller_, *device, file_right::read_and_write))
      listen(index, port.device);
  }

  void look_at_rights(const configured_port& port, const owned_file& device) {
    add(judge_port_access(port, device, runs_, who_));
    if (auto service = find_account("xylem"); service && service->user != runs_.user)
      add(as_note(judge_port_access(port, device, *service, who_)));
    if (caller_.user != runs_.user)
      add(as_note(judge_port_access(port, device, caller_, who_)));
  }

  /// Somebody who does not run the gateway: it works without their rights.
  static finding as_note(finding what) {
    what.level = std::min(what.level, severity::note);
    return what;
  }

  void listen(std::size_t index, const std::string& port) {
    const auto& mesh = settings_.meshes[index];
    auto is_network = is_network_port(mesh.serial);
    if (is_network && gateway_.holds(mesh.name))
      return; // it has the only connection, and was asked
    auto opened = host_.line(mesh);
    if (auto why = std::get_if<std::string>(&opened))
      return add({.id = is_network ? "port_exists" : "port_holder",
                  .subject = mesh.name,
                  .level = severity::error,
                  .statement = "the port cannot be opened",
                  .evidence = *why,
                  .advice = who_.is_root ? "" : "ask again with sudo to see who holds it"});
    if (is_network)
      add({.id = "port_exists", .subject = mesh.name, .statement = mesh.serial + " answers"});
    listened_line line{.mesh = mesh.name,
                       .port = port,
                       .dialect = mesh.dialect,
                       .has_rate = !is_network,
                       .seconds = request_.listen.count()};
    line.samples =
        listen_to(std::get<line_reader>(opened), mesh.baud, line.has_rate, request_.listen);
    line.booted = looks_like_boot(line.samples.front().data);
    auto found = diagnose_line(line.samples, mesh.dialect);
    add(judge_line(line, found, edits_of(index, found)));
  }

  line_edits edits_of(std::size_t index, const line_diagnosis& found) const {
    auto path = mesh_path(index);
    return {editor_.set(path + ".baud", std::to_string(found.best.baud)),
            editor_.set(path + ".modem_lines", in_toml("release"))};
  }

  void look_at_machine() {
    add(judge_clock(host_.clock(), who_));
    add(judge_limits(find_limits(settings_, gateway_.pid()), who_));
  }

  void look_at_state() {
    if (settings_.state_dir.empty() || !settings_.recorder.enabled)
      return;
    add(judge_state_dir(describe_folder(settings_.state_dir), runs_, who_));
    if (auto disk = find_disk(host_, settings_)) {
      disk->edit = bound_for(disk->free_bytes + disk->database_bytes);
      add(judge_disk(*disk, who_));
    }
    if (!settings_.recorder.journal.empty())
      add(judge_journal(find_journal(settings_.recorder.journal), runs_, who_));
  }

  /// Sets a bound of the database that leaves a fifth of the room.
  std::string bound_for(std::uint64_t room) const {
    auto fits = room / 10 * 8;
    auto mebibytes = std::to_string(fits / (1024 * 1024)) + " MiB";
    return fits < smallest_budget ? std::string{}
                                  : editor_.set("recorder.max_bytes", in_toml(mebibytes));
  }

  void look_at_files() {
    const auto& [web, monitor] = std::tie(settings_.web, settings_.monitor);
    look_at_certificate("web.certificate", web.certificate);
    look_at_certificate("monitor.certificate", monitor.certificate);
    look_at_certificate("monitor.authority", monitor.authority);
    for (const auto& one : certificates_of(gateway_))
      if (one.path != monitor.certificate && one.path != monitor.authority)
        add(judge_certificate(one, host_.clock().now, who_));
    look_at_secret("web.key", web.key);
    look_at_secret("monitor.key", monitor.key);
    auto tokens = web.tokens.empty() ? settings_.state_dir + "/tokens.json" : web.tokens;
    if (!web.tokens.empty() || describe_file(tokens))
      look_at_secret("web.tokens", tokens);
  }

  void look_at_certificate(const std::string& key, const std::string& path) {
    if (!path.empty())
      add(judge_certificate(read_certificate_file(key, path), host_.clock().now, who_));
  }

  void look_at_secret(const std::string& key, const std::string& path) {
    if (path.empty())
      return;
    secret_fact secret{.key = key, .file = {.path = path}};
    if (auto file = describe_file(path)) {
      secret.file = *file;
      secret.exists = true;
      if (key == "web.tokens" && may(caller_, *file, file_right::read))
        if (auto read = read_tokens(path); std::holds_alternative<std::string>(read))
          secret.broken = std::get<std::string>(read);
    } else {
      secret.broken = "there is no such file, or no way to it for " + caller_.name;
    }
    add(judge_secret(secret, runs_, who_));
  }

  void look_at_listeners() {
    for (std::size_t index = 0; index < settings_.meshes.size(); ++index)
      look_at_listener(mesh_path(index) + ".listen", settings_.meshes[index].listen);
    if (settings_.web.enabled)
      look_at_listener("web.listen", settings_.web.listen);
    if (settings_.monitor.is_followed())
      look_at_listener("monitor.listen", settings_.monitor.listen);
  }

  void look_at_listener(const std::string& key, const endpoint& where) {
    if (where.port == 0)
      return; // the system chooses a free one
    auto state = who_listens(where);
    listener_fact fact{.key = key, .address = show_endpoint(where), .holders = state.holders};
    fact.is_taken = state.is_taken;
    if (state.is_taken)
      if (auto port = free_port_after(where))
        fact.edit = editor_.set(key, in_toml(show_endpoint({where.host, port})));
    add(judge_listener(fact, gateway_.processes, who_));
  }

  const examination_request& request_;
  const host_probe& host_;
  typist who_;
  examined_configuration configuration_;
  configuration_editor editor_;
  const gateway_settings& settings_;
  account caller_;
  account runs_;
  asked_gateway gateway_;
  std::vector<finding> findings_;
};

} // namespace

std::vector<finding> examine(const examination_request& request, const host_probe& host) {
  return examination{request, host}.run();
}

} // namespace xylem
