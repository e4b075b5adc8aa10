#pragma once

#include "app/commands/submission.hpp"

#include <vector>

namespace xylem {

enum class message_spelling : std::uint8_t { text, hex };

struct send_arguments {
  client_options client;
  std::string node; ///< empty: every node
  std::vector<std::string> words;
  message_spelling spelling = message_spelling::text;
  follow_up then = follow_up::none;
};

/// Gives the root a message for one node, or for every node.
int run_send(const send_arguments& arguments, const console& io);

/// What of the message a user gives, the same for one node and for all.
void add_message_options(CLI::App& command, send_arguments& arguments);

void add_send(CLI::App& app, int& exit_code);

} // namespace xylem
