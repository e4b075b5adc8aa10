#include "app/commands/client_options.hpp"

#include "app/commands/failure_text.hpp"
#include "app/commands/token_source.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace xylem {

namespace {

using client::error_kind;

constexpr auto shortest_timeout = 0.001; // seconds
constexpr auto longest_timeout = 3600.0;

int exit_code_of(error_kind kind) {
  switch (kind) {
  case error_kind::unreachable:
  case error_kind::untrusted:
  case error_kind::timeout:
  case error_kind::closed: return exit_codes::unreachable;
  case error_kind::invalid_request: return exit_codes::usage;
  case error_kind::failure_reply:
  case error_kind::protocol: return exit_codes::failed;
  }
  return exit_codes::failed;
}

client::error not_one(const std::vector<std::string>& meshes) {
  std::string names;
  for (const auto& name : meshes)
    names += (names.empty() ? "" : ", ") + name;
  return {error_kind::invalid_request,
          "the gateway has several meshes: choose one of " + names + " with --mesh"};
}

void add_url(CLI::App& command, client::web_access& gateway) {
  command
      .add_option_function<std::string>(
          "--url",
          [&gateway](const std::string& text) {
            auto url = client::parse_gateway_url(text);
            if (!url)
              throw CLI::ValidationError{"--url", text + " is not http://HOST:PORT"};
            gateway.url = *url;
          },
          "The gateway [http://127.0.0.1:7654]")
      ->type_name("URL")
      ->envname("XYLEM_URL");
  command.add_option("--ca", gateway.ca_file, "Authority that signed the gateway's certificate")
      ->type_name("FILE");
  command.add_flag_callback(
      "--insecure", [&gateway] { gateway.trust = client::tls_trust::anybody; },
      "Take any certificate");
}

void add_token(CLI::App& command, client::web_access& gateway) {
  command
      .add_option("--token", gateway.token, "Better in the environment, where others do not see it")
      ->type_name("TEXT")
      ->envname("XYLEM_TOKEN");
  command
      .add_option_function<std::string>(
          "--token-file",
          [&gateway](const std::string& path) {
            auto token = read_token(path);
            if (!token)
              throw CLI::ValidationError{"--token-file", token.error().text};
            gateway.token = *std::move(token);
          },
          "File with the token")
      ->type_name("FILE");
}

} // namespace

console standard_console() {
  auto now = std::chrono::system_clock::now();
  return {std::cout, std::cerr, std::chrono::floor<std::chrono::milliseconds>(now),
          isatty(STDERR_FILENO) == 1};
}

void add_gateway_options(CLI::App& command, client_options& options) {
  add_url(command, options.gateway);
  add_token(command, options.gateway);
  command
      .add_option_function<double>(
          "--timeout",
          [&options](double seconds) {
            options.gateway.timeout =
                std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
          },
          "Longest wait for an answer [5]")
      ->type_name("SECONDS")
      ->check(CLI::Range(shortest_timeout, longest_timeout));
  command.add_flag_callback(
      "--json", [&options] { options.format = output_format::json; }, "Print JSON for programs");
}

void add_client_options(CLI::App& command, client_options& options) {
  add_gateway_options(command, options);
  command.add_option("--mesh", options.mesh, "Which mesh, when the gateway has several")
      ->type_name("NAME");
}

client::result<std::string> mesh_of(client::http_gateway& gateway, const client_options& options) {
  if (!options.mesh.empty())
    return options.mesh;
  auto meshes = gateway.meshes();
  if (!meshes)
    return meshes.error();
  if (meshes->size() > 1)
    return not_one(*meshes);
  return std::move(meshes->front());
}

int report_failure(const console& io, const client_options& options, const client::error& reason) {
  io.err << failure_text(options.gateway.url, reason) << '\n';
  return exit_code_of(reason.kind);
}

} // namespace xylem
