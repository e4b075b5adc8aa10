#pragma once

#include "app/commands/client_options.hpp"

#include <boost/json/object.hpp>

namespace xylem {

enum class follow_up : std::uint8_t {
  none,        ///< accepted is enough
  until_ended, ///< wait until it is written, expired or failed
};

/// A command for the root (web §1.3), and how a person calls it: `5 bytes for node 5`.
struct submission {
  boost::json::object body;
  std::string title;
  follow_up then = follow_up::none;
};

/// Submits it, and tells what became of it. Fails when it is waited for and not written.
int run_submission(const client_options& options, const submission& what, const console& io);

/// `--wait`; `then` must outlive the parsing.
void add_wait_option(CLI::App& command, follow_up& then);

} // namespace xylem
