#include "app/commands/pki.hpp"

#include "app/commands/console_text.hpp"
#include "app/commands/table.hpp"
#include "protocol/iso_time.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <ostream>
#include <stdexcept>

namespace xylem {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using pki::listed_certificate;
using run_function = int (*)(const pki_arguments&, const console&);

/// From then on `list` says how many days are left.
constexpr std::chrono::days soon{30};

constexpr auto longest_lifetime = 36'500; // days

/// What is wrong with the question is one thing, with files another.
template <class Run>
int told(const console& io, const Run& run) try {
  run();
  return exit_codes::ok;
} catch (const std::invalid_argument& error) {
  io.err << error.what() << '\n';
  return exit_codes::usage;
} catch (const std::exception& error) {
  io.err << error.what() << '\n';
  return exit_codes::failed;
}

enum class certificate_state : std::uint8_t { valid, expiring, not_yet_valid, expired, revoked };

std::string_view to_string(certificate_state state) {
  switch (state) {
  case certificate_state::valid: return "valid";
  case certificate_state::expiring: return "expiring";
  case certificate_state::not_yet_valid: return "not_yet_valid";
  case certificate_state::expired: return "expired";
  case certificate_state::revoked: return "revoked";
  }
  return "unknown";
}

certificate_state state_of(const listed_certificate& one, wall_time now) {
  if (one.revoked)
    return certificate_state::revoked;
  if (now > one.about.not_after)
    return certificate_state::expired;
  if (now < one.about.not_before)
    return certificate_state::not_yet_valid;
  return one.about.not_after - now < soon ? certificate_state::expiring : certificate_state::valid;
}

std::string state_text(const listed_certificate& one, wall_time now) {
  switch (state_of(one, now)) {
  case certificate_state::valid: return "valid";
  case certificate_state::expiring: {
    auto left = std::chrono::ceil<std::chrono::days>(one.about.not_after - now).count();
    return left == 1 ? "expires in 1 day" : "expires in " + std::to_string(left) + " days";
  }
  case certificate_state::not_yet_valid: return "not yet valid";
  case certificate_state::expired: return "expired";
  case certificate_state::revoked: return "revoked";
  }
  return "unknown";
}

/// Without its fraction, which certificates do not have.
std::string second_of(wall_time time) {
  return iso_time(time).substr(0, 19) + 'Z';
}

json::object to_json(const listed_certificate& one, std::string_view use, wall_time now) {
  json::object out{{"name", one.about.name},
                   {"serial", one.about.serial},
                   {"use", use},
                   {"not_before", iso_time(one.about.not_before)},
                   {"not_after", iso_time(one.about.not_after)},
                   {"state", to_string(state_of(one, now))}};
  if (one.revoked)
    out["revoked"] = iso_time(*one.revoked);
  return out;
}

void add_row(table& to, const listed_certificate& one, std::string_view use, wall_time now) {
  to.add({one.about.name, one.about.serial, std::string{use}, second_of(one.about.not_before),
          second_of(one.about.not_after), state_text(one, now)});
}

void print_json(const listed_certificate& authority, const std::vector<listed_certificate>& all,
                const console& io) {
  json::array list;
  for (const auto& one : all)
    list.push_back(to_json(one, to_string(one.about.use), io.now));
  io.out << json::value(json::object{{"authority", to_json(authority, "authority", io.now)},
                                     {"certificates", std::move(list)}})
         << '\n';
}

void issue(const pki_arguments& arguments, const console& io) {
  pki::authority_folder folder{arguments.folder};
  auto made =
      folder.issue(arguments.name, arguments.use, io.now, arguments.lifetime, arguments.files);
  io.out << made.name << " has a certificate until " << second_of(made.not_after) << " (serial "
         << made.serial << "): it needs " << made.name << ".pem, " << made.name
         << ".key and ca.pem of " << folder.path() << '\n';
}

} // namespace

int run_pki_init(const pki_arguments& arguments, const console& io) {
  return told(io, [&] {
    std::ranges::for_each(arguments.nodes, pki::check_node);
    pki::authority_folder::create(arguments.folder, arguments.name, io.now, arguments.lifetime);
    io.out << arguments.folder << " has an authority now: every node gets a copy of ca.pem;"
           << " ca.key stays here, and is worth a backup\n";
    for (const auto& name : arguments.nodes)
      issue({.folder = arguments.folder, .name = name, .lifetime = pki::certificate_lifetime}, io);
  });
}

int run_pki_issue(const pki_arguments& arguments, const console& io) {
  return told(io, [&] { issue(arguments, io); });
}

int run_pki_revoke(const pki_arguments& arguments, const console& io) {
  return told(io, [&] {
    pki::authority_folder folder{arguments.folder};
    auto done = folder.revoke(arguments.name, io.now);
    for (const auto& one : done)
      io.out << one.name << " (serial " << one.serial << ") is revoked\n";
    if (done.empty())
      io.out << "That was revoked before.\n";
    else
      io.err << "Copy " << folder.path() << "/revoked.pem beside ca.pem of every node: each reads"
             << " its own.\n";
  });
}

int run_pki_list(const pki_arguments& arguments, const console& io) {
  return told(io, [&] {
    pki::authority_folder folder{arguments.folder};
    auto all = folder.list();
    listed_certificate authority{folder.about()};
    if (arguments.format == output_format::json)
      return print_json(authority, all, io);
    table shown{{{"NAME"}, {"SERIAL"}, {"USE"}, {"NOT BEFORE"}, {"NOT AFTER"}, {"STATE"}}};
    add_row(shown, authority, "authority", io.now);
    for (const auto& one : all)
      add_row(shown, one, to_string(one.about.use), io.now);
    shown.print(io.out);
  });
}

namespace {

using arguments_ptr = std::shared_ptr<pki_arguments>;

CLI::App* add_command(CLI::App& group, int& exit_code, const std::string& name,
                      const std::string& help, run_function run, const arguments_ptr& arguments) {
  auto* command = group.add_subcommand(name, help);
  command->add_option("--dir", arguments->folder, "Folder of the authority")
      ->type_name("PATH")
      ->required();
  command->callback(
      [arguments, run, &exit_code] { exit_code = run(*arguments, standard_console()); });
  return command;
}

void add_lifetime(CLI::App& command, const arguments_ptr& arguments, std::chrono::days preset) {
  arguments->lifetime = preset;
  command
      .add_option_function<int>(
          "--days", [arguments](int count) { arguments->lifetime = std::chrono::days{count}; },
          "How long it is valid [" + std::to_string(preset.count()) + "]")
      ->type_name("DAYS")
      ->check(CLI::Range(1, longest_lifetime));
}

void add_init(CLI::App& group, int& exit_code) {
  auto arguments = std::make_shared<pki_arguments>();
  arguments->name = "xylem-authority";
  auto* command = add_command(group, exit_code, "init", "Make an authority in a folder of its own",
                              run_pki_init, arguments);
  command->add_option("--name", arguments->name, "What it is called [xylem-authority]");
  command->add_option("NODE", arguments->nodes, "Nodes that get key and certificate at once");
  add_lifetime(*command, arguments, pki::authority_lifetime);
}

void add_issue(CLI::App& group, int& exit_code) {
  auto arguments = std::make_shared<pki_arguments>();
  auto* command = add_command(group, exit_code, "issue", "Make key and certificate of a node",
                              run_pki_issue, arguments);
  command->add_option("NAME", arguments->name, "What the node is called")->required();
  add_lifetime(*command, arguments, pki::certificate_lifetime);
  command->add_flag_callback(
      "--monitor-only", [arguments] { arguments->use = pki::certificate_use::monitor; },
      "It follows others, nobody follows it");
  command->add_flag_callback(
      "--force", [arguments] { arguments->files = pki::existing::replace; },
      "Replace the files of this name; what they were stays valid unless it is revoked");
}

} // namespace

void add_pki(CLI::App& app, int& exit_code) {
  auto* group =
      app.add_subcommand("pki", "Certificates of gateways and of the monitors that follow them");
  group->require_subcommand(1);
  add_init(*group, exit_code);
  add_issue(*group, exit_code);
  auto revoke = std::make_shared<pki_arguments>();
  add_command(*group, exit_code, "revoke", "End certificates before their time", run_pki_revoke,
              revoke)
      ->add_option("NAME|SERIAL", revoke->name, "All of a node, or one by its number")
      ->required();
  auto list = std::make_shared<pki_arguments>();
  add_command(*group, exit_code, "list", "Every certificate that was issued, and its state",
              run_pki_list, list)
      ->add_flag_callback(
          "--json", [list] { list->format = output_format::json; }, "Print JSON for programs");
}

} // namespace xylem
