#pragma once

#include "actors/log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace xylem {

/// Memory for dealing with its lack. When `new` finds none, this is given back and whoever asked
/// gets std::bad_alloc: its actor or connection ends, and there is room for that. It is taken again
/// within a second, and the log has it. One a process. It is never touched, so it costs nothing.
class memory_reserve {
public:
  static constexpr std::size_t size = 1024 * 1024;

  memory_reserve(boost::asio::io_context& io, logger& log);
  ~memory_reserve();
  memory_reserve(const memory_reserve&) = delete;
  memory_reserve& operator=(const memory_reserve&) = delete;

  /// Takes and tells what was given back. The timer does so every second.
  void look();

  /// The timer keeps the I/O thread no longer.
  void end();

  static bool is_there() noexcept;

private:
  void wait();

  actor_log log_;
  boost::asio::steady_timer timer_;
  bool was_short_ = false;
  bool ended_ = false;
};

} // namespace xylem
