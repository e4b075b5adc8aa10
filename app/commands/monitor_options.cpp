#include "app/commands/monitor_options.hpp"

#include "app/config/configuration.hpp"
#include "app/config/quantity.hpp"
#include "protocol/monitor_names.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <ostream>

namespace xylem {

namespace {

/// A host of an endpoint has no character that ends a TOML text; a name neither.
std::string table_of(const followed_gateway& which) {
  std::string text = "\n[[gateway]]\naddress = \"" + show_endpoint(which.address) + "\"\n";
  return which.name.empty() ? text : text + "name = \"" + which.name + "\"\n";
}

/// `[{name = "office", scopes = ["command"]}]`
std::string list_of(const std::vector<allowed_monitor>& allowed) {
  std::string list;
  for (const auto& who : allowed) {
    list += list.empty() ? "[" : ", ";
    list += "{name = \"" + who.name + "\", scopes = [\"";
    list += who.scope == access_scope::command ? "command\"]}" : "read\"]}";
  }
  return list + "]";
}

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

/// What comes later wins.
std::vector<std::string> file_sets(const node_options& options) {
  std::vector<std::string> sets;
  auto set = [&sets](const std::string& key, const std::string& path) {
    if (!path.empty())
      sets.push_back("monitor." + key + '=' + absolute(path));
  };
  if (!options.pki.empty()) {
    set("authority", options.pki + "/ca.pem");
    set("certificate", options.pki + '/' + options.name + ".pem");
    set("key", options.pki + '/' + options.name + ".key");
  }
  set("authority", options.authority);
  set("certificate", options.certificate);
  set("key", options.key);
  return sets;
}

/// A web server is for those who ask for it.
std::vector<std::string> port_sets(const monitor_options& options) {
  auto web = options.metrics.empty() ? options.web : options.metrics;
  std::vector<std::string> sets{web ? "web.enabled=true" : "web.enabled=false"};
  if (web && !web->empty())
    sets.push_back("web.listen=" + *web);
  return sets;
}

/// False when one of them is none.
bool add_gateways(configuration_source& source, const monitor_options& options, std::ostream& err) {
  for (const auto& text : options.gateways) {
    auto which = parse_followed_gateway(text);
    if (!which) {
      err << text << " is no [NAME=]HOST[:PORT]\n";
      return false;
    }
    source.text += table_of(*which);
  }
  if (source.file.empty() && !options.gateways.empty())
    source.file = "command line";
  return true;
}

bool add_allowed(std::vector<std::string>& sets, const node_options& options, std::ostream& err) {
  std::vector<allowed_monitor> allowed;
  for (const auto& text : options.allow) {
    auto who = parse_allowed_monitor(text);
    if (!who) {
      err << text << " is no NAME or NAME:command\n";
      return false;
    }
    allowed.push_back(*std::move(who));
  }
  if (!allowed.empty())
    sets.push_back("monitor.allow=" + list_of(allowed));
  return true;
}

} // namespace

void add_identity(CLI::App& command, node_options& options) {
  auto add_file = [&](const char* name, std::string& to, const char* help) {
    command.add_option(name, to, help)->type_name("FILE");
  };
  add_file("--authority", options.authority, "Certificate of the authority of all nodes (PEM)");
  add_file("--certificate", options.certificate, "Certificate of this node (PEM)");
  add_file("--key", options.key, "Its private key (PEM)");
  auto* pki = command.add_option("--pki", options.pki,
                                 "Folder with ca.pem, NAME.pem and NAME.key (xylem pki)");
  pki->type_name("PATH");
  auto* name = command.add_option("--name", options.name, "Whose certificate --pki means");
  name->type_name("NAME")->needs(pki);
  pki->needs(name);
  command
      .add_option("--allow", options.allow, "Who may follow; instead of monitor.allow; repeatable")
      ->type_name("NAME[:command]")
      ->allow_extra_args(false);
}

std::optional<std::vector<std::string>> sets_of(const node_options& options, std::ostream& err) {
  auto sets = file_sets(options);
  if (!options.listen.empty())
    sets.push_back("monitor.listen=" + options.listen);
  if (!add_allowed(sets, options, err))
    return std::nullopt;
  return sets;
}

std::optional<followed_gateway> parse_followed_gateway(std::string_view text) {
  followed_gateway made;
  if (auto equals = text.find('='); equals != std::string_view::npos) {
    made.name = text.substr(0, equals);
    text.remove_prefix(equals + 1);
    if (!is_node_name(made.name))
      return std::nullopt;
  }
  auto address = parse_endpoint(text);
  if (!address)
    address = parse_endpoint(std::string{text} + ':' + std::to_string(monitor_port));
  if (!address)
    return std::nullopt;
  made.address = *std::move(address);
  return made;
}

std::optional<allowed_monitor> parse_allowed_monitor(std::string_view text) {
  auto colon = text.find(':');
  allowed_monitor made{.name = std::string{text.substr(0, colon)}};
  if (!is_node_name(made.name))
    return std::nullopt;
  auto scope = colon == std::string_view::npos ? "read" : text.substr(colon + 1);
  if (scope != "read" && scope != "command")
    return std::nullopt;
  made.scope = scope == "command" ? access_scope::command : access_scope::read;
  return made;
}

std::optional<gateway_settings> settings_of(const monitor_options& options, std::ostream& err) {
  auto sets = sets_of(options, err);
  if (!sets)
    return std::nullopt;
  std::ranges::move(port_sets(options), std::back_inserter(*sets));
  std::ranges::copy(options.sets, std::back_inserter(*sets));
  auto gathered = gather_configuration(options.file, *std::move(sets));
  if (auto problem = std::get_if<configuration_problem>(&gathered)) {
    err << describe(*problem, {});
    return std::nullopt;
  }
  auto& source = std::get<configuration_source>(gathered);
  if (!add_gateways(source, options, err))
    return std::nullopt;
  auto loaded = load_configuration(source, configuration_use::monitor);
  if (auto problems = std::get_if<configuration_problems>(&loaded)) {
    for (const auto& problem : *problems)
      err << describe(problem, source.text);
    return std::nullopt;
  }
  auto& settings = std::get<gateway_settings>(loaded);
  settings.web.page = options.metrics.empty();
  return std::move(settings);
}

} // namespace xylem
