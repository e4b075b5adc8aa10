#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace xylem {

/// Calls `what` once a period until it ends; the loop goes on as long as this does.
class periodic {
public:
  periodic(boost::asio::io_context& io, std::chrono::seconds period, std::function<void()> what);

  void end();

private:
  void wait();

  boost::asio::steady_timer timer_;
  std::chrono::seconds period_;
  std::function<void()> what_;
  bool ended_ = false;
};

} // namespace xylem
