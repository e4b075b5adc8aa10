#include "app/commands/state.hpp"

#include "app/commands/table.hpp"
#include "app/config/configuration.hpp"
#include "app/state/state_check.hpp"
#include "app/state/state_transfer.hpp"
#include "protocol/version.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace xylem {

namespace {

using run_function = int (*)(const state_arguments&, const console&);

struct meant_state {
  std::string folder{};
  std::optional<std::vector<std::string>> meshes{};
};

/// Nothing: it was told what is wrong.
std::optional<meant_state> meant(const state_arguments& arguments, const console& io) {
  meant_state out{.folder = arguments.folder};
  if (!arguments.config.empty()) {
    auto settings = load_or_explain(arguments.config, {}, io.err);
    if (!settings)
      return std::nullopt;
    out.meshes.emplace();
    for (const auto& mesh : settings->meshes)
      out.meshes->push_back(mesh.name);
    if (out.folder.empty())
      out.folder = settings->state_dir;
  }
  if (!out.folder.empty())
    return out;
  io.err << "whose state? Give DIR, or --config FILE, a configuration with a state_dir\n";
  return std::nullopt;
}

/// What is wrong with files, not with how it was asked.
template <class Run>
int told(const console& io, const Run& run) try {
  return run();
} catch (const std::exception& error) {
  io.err << error.what() << '\n';
  return exit_codes::failed;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : ", ") + name;
  return out;
}

} // namespace

int run_state_verify(const state_arguments& arguments, const console& io) {
  auto state = meant(arguments, io);
  if (!state)
    return exit_codes::usage;
  return told(io, [&] {
    auto verdict = check_state(state->folder);
    table shown{{{"FILE"}, {"STATE"}, {"CONTENT"}}};
    for (const auto& file : verdict.files)
      shown.add({file.name, file.is_sound ? "ok" : "broken", file.text});
    if (shown.empty())
      io.err << state->folder << ": there is no state\n";
    else
      shown.print(io.out);
    return verdict.is_sound() ? exit_codes::ok : exit_codes::failed;
  });
}

int run_state_export(const state_arguments& arguments, const console& io) {
  auto state = meant(arguments, io);
  if (!state)
    return exit_codes::usage;
  return told(io, [&] {
    auto names = export_state(state->folder, arguments.archive,
                              std::string{software_version()});
    io.out << arguments.archive << ": " << joined(names) << '\n';
    return exit_codes::ok;
  });
}

int run_state_import(const state_arguments& arguments, const console& io) {
  auto state = meant(arguments, io);
  if (!state)
    return exit_codes::usage;
  return told(io, [&] {
    import_settings settings{arguments.replace, state->meshes, io.now};
    auto done = import_state(arguments.archive, state->folder, settings);
    io.out << state->folder << ": " << joined(done.files) << '\n';
    if (!done.set_aside.empty())
      io.err << "what was there is in " << done.set_aside.string() << '\n';
    return exit_codes::ok;
  });
}

namespace {

CLI::App* add_command(CLI::App& group, int& exit_code, const std::string& name,
                      const std::string& help, run_function run,
                      const std::shared_ptr<state_arguments>& arguments) {
  auto* command = group.add_subcommand(name, help);
  command->add_option("--config", arguments->config, "Configuration of the gateway")
      ->type_name("FILE");
  command->callback(
      [arguments, run, &exit_code] { exit_code = run(*arguments, standard_console()); });
  return command;
}

void add_folder(CLI::App& command, state_arguments& arguments) {
  command.add_option("DIR", arguments.folder, "The state_dir [that of --config]")
      ->type_name("PATH");
}

} // namespace

void add_state(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("state", "What a gateway keeps over restarts");
  group->require_subcommand(1);
  auto verify = std::make_shared<state_arguments>();
  add_folder(*add_command(*group, exit_code, "verify", "Tell whether each file is sound",
                          run_state_verify, verify),
             *verify);
  auto out = std::make_shared<state_arguments>();
  auto* exports = add_command(*group, exit_code, "export",
                              "Write an archive; the gateway may run", run_state_export, out);
  add_folder(*exports, *out);
  exports->add_option("--out", out->archive, "The archive, a .tar.gz")
      ->type_name("FILE")
      ->required();
  auto in = std::make_shared<state_arguments>();
  auto* imports = add_command(*group, exit_code, "import",
                              "Take an archive over; the gateway does not run",
                              run_state_import, in);
  imports->add_option("FILE", in->archive, "The archive")->type_name("FILE")->required();
  add_folder(*imports, *in);
  imports->add_flag("--replace", in->replace, "Set a state aside that is there already");
}

} // namespace xylem
