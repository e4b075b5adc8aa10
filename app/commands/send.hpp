#pragma once

#include "app/commands/client_options.hpp"

#include <optional>
#include <vector>

namespace xylem {

enum class message_spelling : std::uint8_t { text, hex };

struct send_arguments {
  client_options client;
  std::string node; ///< empty: every node
  std::vector<std::string> words;
  message_spelling spelling = message_spelling::text;
};

/// Gives the root a message for one node, or for every node.
int run_send(const send_arguments& arguments, const console& io);

void add_send(CLI::App& app, int& exit_code);

} // namespace xylem
