#pragma once

#include "app/client/event_feed.hpp"
#include "app/commands/client_options.hpp"

#include <atomic>
#include <vector>

namespace xylem {

enum class after_loss : std::uint8_t { reconnect, end };

struct watch_arguments {
  client_options client;
  client::feed_request wanted;
  std::vector<std::string> nodes; ///< as a user writes them; empty: every node
  std::string since{};            ///< `EPOCH:SEQ`; empty: from now on
  std::uint64_t count = 0;        ///< end after this many events; 0: never
  after_loss when_lost = after_loss::reconnect;
  std::chrono::milliseconds first_retry{250};
  std::chrono::milliseconds longest_retry{10'000};
};

/// Prints events as they happen until `stop` is set, `count` is reached, or the gateway is gone
/// for good. A lost connection goes on where it was. A gap is always printed and not counted: no
/// filter may hide a loss.
int run_watch(const watch_arguments& arguments, const console& io, const std::atomic<bool>& stop);

void add_watch(CLI::App& app, int& exit_code);

} // namespace xylem
