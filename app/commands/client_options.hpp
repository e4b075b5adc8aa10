#pragma once

#include "app/client/http_gateway.hpp"
#include "app/commands/console.hpp"

namespace CLI {
class App;
}

namespace xylem {

/// What every client command takes.
struct client_options {
  client::web_access gateway;
  std::string mesh{}; ///< empty: the only one
  output_format format = output_format::text;
};

/// `--url`, `--token` and so on; `options` must outlive the parsing.
void add_gateway_options(CLI::App& command, client_options& options);

/// The same, and `--mesh`.
void add_client_options(CLI::App& command, client_options& options);

/// The mesh that is meant; with several, it must have been named.
client::result<std::string> mesh_of(client::http_gateway& gateway, const client_options& options);

/// Writes a sentence that says what is wrong and what to do; returns the exit code.
int report_failure(const console& io, const client_options& options, const client::error& reason);

} // namespace xylem
