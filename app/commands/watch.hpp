#pragma once

#include "app/commands/client_options.hpp"
#include "protocol/node.hpp"

#include <atomic>
#include <vector>

namespace xylem {

enum class after_loss : std::uint8_t { reconnect, end };

struct watch_arguments {
  client_options client;
  std::vector<std::string> kinds; ///< empty: every kind
  std::vector<std::string> nodes; ///< empty: every node
  std::uint64_t count = 0;        ///< end after this many events; 0: never
  after_loss when_lost = after_loss::reconnect;
  client::milliseconds first_retry{250};
  client::milliseconds longest_retry{10'000};
};

/// Prints events as they happen until `stop` is set, `count` is reached, or the gateway is gone
/// for good. A gap is always printed and not counted: no filter may hide a loss.
int run_watch(const watch_arguments& arguments, const console& io, const std::atomic<bool>& stop);

void add_watch(CLI::App& app, int& exit_code);

} // namespace xylem
