#pragma once

#include "app/commands/client_options.hpp"

#include <atomic>

namespace xylem {

enum class capture_extent : std::uint8_t {
  what_is_there,
  what_comes_too, ///< until it is stopped
};

enum class capture_progress : std::uint8_t { told_at_the_end, shown };

struct capture_arguments {
  client_options client;
  std::string file{}; ///< `-`: standard output
  capture_extent extent = capture_extent::what_is_there;
  capture_progress progress = capture_progress::told_at_the_end;
  std::chrono::milliseconds pause{200}; ///< between two looks for what has come
};

/// Writes the traffic of a mesh's serial line, as far as the gateway still has it, to a file for
/// Wireshark and `xylem replay` (record §4). A file that is there is replaced once the gateway has
/// answered.
int run_capture(const capture_arguments& arguments, const console& io,
                const std::atomic<bool>& stop);

void add_capture(CLI::App& app, int& exit_code);

} // namespace xylem
