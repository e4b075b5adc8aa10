#include "app/commands/token.hpp"

#include "actors/token_file.hpp"
#include "app/client/json_view.hpp"
#include "app/commands/table.hpp"
#include "app/commands/token_store.hpp"
#include "app/config/configuration.hpp"
#include "protocol/iso_time.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <ostream>

namespace xylem {

namespace {

namespace json = boost::json;

using run_function = int (*)(const token_arguments&, const console&);

/// Nothing: it was told what is wrong.
std::optional<std::string> path_of(const token_arguments& arguments, const console& io) {
  if (!arguments.file.empty())
    return arguments.file;
  if (arguments.config.empty()) {
    io.err
        << "whose tokens? Give --config FILE, the configuration of the gateway, or --file FILE\n";
    return std::nullopt;
  }
  auto settings = load_or_explain(arguments.config, {}, io.err);
  if (!settings)
    return std::nullopt;
  if (!settings->web.tokens.empty())
    return settings->web.tokens;
  if (!settings->state_dir.empty())
    return settings->state_dir + "/tokens.json";
  io.err << arguments.config << " has neither web.tokens nor state_dir: no place for tokens\n";
  return std::nullopt;
}

auto find_name(std::vector<token_record>& tokens, const std::string& name) {
  return std::ranges::find(tokens, name, &token_record::name);
}

bool is_name(std::string_view text) {
  constexpr std::size_t longest = 64;
  constexpr auto allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !text.empty() && text.size() <= longest
         && text.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<std::string> add(std::vector<token_record>& tokens, token_record made) {
  if (find_name(tokens, made.name) != tokens.end())
    return made.name + " is there already: revoke it first, or take another name";
  if (tokens.size() >= most_tokens)
    return "there are " + std::to_string(most_tokens) + " tokens: revoke some first";
  tokens.push_back(std::move(made));
  return std::nullopt;
}

void print_created(const token_arguments& arguments, const std::string& token,
                   const std::string& path, const console& io) {
  if (arguments.format == output_format::json) {
    io.out << json::value(json::object{
        {"name", arguments.name}, {"scope", to_string(arguments.scope)}, {"token", token}})
           << '\n';
    return;
  }
  io.out << token << '\n';
  io.err << "Keep it now: only its hash is in " << path << ", it is not shown again.\n";
}

} // namespace

int run_token_create(const token_arguments& arguments, const console& io) {
  if (!is_name(arguments.name)) {
    io.err << "a name has 1 to 64 of a-z, A-Z, 0-9, `.`, `_` and `-`\n";
    return exit_codes::usage;
  }
  auto path = path_of(arguments, io);
  if (!path)
    return exit_codes::usage;
  auto token = new_token();
  auto wrong = change_tokens(*path, [&](std::vector<token_record>& tokens) {
    return add(tokens, {arguments.name, hash_token(token), arguments.scope, io.now});
  });
  if (wrong) {
    io.err << *wrong << '\n';
    return exit_codes::failed;
  }
  print_created(arguments, token, *path, io);
  return exit_codes::ok;
}

int run_token_list(const token_arguments& arguments, const console& io) {
  auto path = path_of(arguments, io);
  if (!path)
    return exit_codes::usage;
  auto read = read_tokens(*path);
  if (auto* wrong = std::get_if<std::string>(&read)) {
    io.err << *wrong << '\n';
    return exit_codes::failed;
  }
  table shown{{{"NAME"}, {"SCOPE"}, {"CREATED"}}};
  json::array list;
  for (const auto& token : std::get<std::vector<token_record>>(read)) {
    shown.add({token.name, std::string{to_string(token.scope)}, iso_time(token.created)});
    list.push_back(json::object{{"name", token.name},
                                {"scope", to_string(token.scope)},
                                {"created", iso_time(token.created)}});
  }
  if (arguments.format == output_format::json)
    io.out << json::value(json::object{{"tokens", std::move(list)}}) << '\n';
  else if (shown.empty())
    io.err << *path << " has no token; make one with: xylem token create NAME\n";
  else
    shown.print(io.out);
  return exit_codes::ok;
}

int run_token_revoke(const token_arguments& arguments, const console& io) {
  auto path = path_of(arguments, io);
  if (!path)
    return exit_codes::usage;
  auto left = std::size_t{0};
  auto wrong = change_tokens(*path, [&](std::vector<token_record>& tokens) {
    auto found = find_name(tokens, arguments.name);
    if (found == tokens.end())
      return std::optional{"no token is called " + arguments.name};
    tokens.erase(found);
    left = tokens.size();
    return std::optional<std::string>{};
  });
  if (wrong) {
    io.err << *wrong << '\n';
    return exit_codes::failed;
  }
  if (left == 0)
    io.err << "That was the last token: make another one before somebody needs it.\n";
  return exit_codes::ok;
}

namespace {

CLI::App* add_command(CLI::App& group, int& exit_code, const std::string& name,
                      const std::string& help, run_function run,
                      const std::shared_ptr<token_arguments>& arguments) {
  auto* command = group.add_subcommand(name, help);
  auto* config = command->add_option("--config", arguments->config, "Configuration of the gateway")
                     ->type_name("FILE");
  command->add_option("--file", arguments->file, "The token file itself")
      ->type_name("FILE")
      ->excludes(config);
  command->callback(
      [arguments, run, &exit_code] { exit_code = run(*arguments, standard_console()); });
  return command;
}

void add_json(CLI::App& command, token_arguments& arguments) {
  command.add_flag_callback(
      "--json", [&arguments] { arguments.format = output_format::json; },
      "Print JSON for programs");
}

} // namespace

void add_token(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("token", "Who may use the gateway's HTTP port");
  group->require_subcommand(1);
  auto create = std::make_shared<token_arguments>();
  auto* command = add_command(*group, exit_code, "create", "Make a token; it is shown once",
                              run_token_create, create);
  command->add_option("NAME", create->name, "For whom it is")->required();
  command
      ->add_option_function<std::string>(
          "--scope",
          [create](const std::string& text) { create->scope = parse_access_scope(text).value(); },
          "What it allows; each includes those before it [read]")
      ->type_name("SCOPE")
      ->check(CLI::IsMember({"read", "command", "admin"}));
  add_json(*command, *create);
  auto list = std::make_shared<token_arguments>();
  add_json(*add_command(*group, exit_code, "list", "Names, scopes and ages of the tokens",
                        run_token_list, list),
           *list);
  auto revoke = std::make_shared<token_arguments>();
  add_command(*group, exit_code, "revoke", "End a token", run_token_revoke, revoke)
      ->add_option("NAME", revoke->name, "As token list shows it")
      ->required();
}

} // namespace xylem
