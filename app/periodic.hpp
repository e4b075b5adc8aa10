#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace xylem {

/// Calls `what` once a period until it ends, on the thread of the loop, which goes on as long as this
/// does. What `what` throws leaves the loop, and ends nothing.
class periodic {
public:
  periodic(boost::asio::io_context& io, std::chrono::seconds period, std::function<void()> what);
  periodic(const periodic&) = delete;
  periodic& operator=(const periodic&) = delete;

  /// After an exception out of the loop: memory may have been missing for the next wait.
  void go_on() noexcept;
  void end();

private:
  void wait();

  boost::asio::steady_timer timer_;
  std::chrono::seconds period_;
  std::function<void()> what_;
  bool waits_ = false;
  bool ended_ = false;
};

} // namespace xylem
