#pragma once

#include "app/commands/monitor_screen.hpp"

#include <chrono>

namespace xylem {

/// The terminal on standard input and output, as long as this lives: its other screen, without an
/// echo of keys. It is as it was afterwards, whatever ends the process but SIGKILL and SIGSTOP.
class live_terminal {
public:
  /// Both are terminals, and this one understands where to write.
  static bool is_possible();

  live_terminal();
  ~live_terminal();

  live_terminal(const live_terminal&) = delete;
  live_terminal& operator=(const live_terminal&) = delete;

  screen_size size() const;

  /// False when nobody sees it any more.
  bool show(const std::string& frame);

  /// Waits for keys so long; false when `q` was among them, or there will be none any more.
  bool wait(std::chrono::milliseconds most);
};

} // namespace xylem
