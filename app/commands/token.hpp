#pragma once

#include "app/commands/client_options.hpp"
#include "protocol/access.hpp"

namespace xylem {

/// Which token file is meant: the one of a configuration, or a path.
struct token_arguments {
  std::string config{};
  std::string file{};
  std::string name{};
  access_scope scope = access_scope::read;
  output_format format = output_format::text;
};

/// Makes a token and prints it, this once.
int run_token_create(const token_arguments& arguments, const console& io);

/// Prints the names, scopes and ages of all tokens; the tokens themselves are known to nobody.
int run_token_list(const token_arguments& arguments, const console& io);

int run_token_revoke(const token_arguments& arguments, const console& io);

/// `xylem token create|list|revoke`.
void add_token(CLI::App& app, int& exit_code);

} // namespace xylem
