#pragma once

#include "app/commands/client_options.hpp"

namespace xylem {

/// Which state is meant: that of a folder, or the one of a configuration.
struct state_arguments {
  std::string folder{};
  std::string config{};
  std::string archive{};
  bool replace = false;
};

/// Tells of each file of a state_dir whether it is sound.
int run_state_verify(const state_arguments& arguments, const console& io);

/// Writes an archive of a state_dir, which may be in use.
int run_state_export(const state_arguments& arguments, const console& io);

/// Takes an archive over into a state_dir that nobody uses.
int run_state_import(const state_arguments& arguments, const console& io);

/// `xylem state verify|export|import`.
void add_state(CLI::App& app, int& exit_code);

} // namespace xylem
