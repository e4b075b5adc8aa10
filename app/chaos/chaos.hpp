#pragma once

#include "actors/environment.hpp"

#include <memory>

namespace xylem {

/// What makes a gateway fail on purpose, for tests: actors are killed, the wall clock jumps. Only
/// in builds with XYLEM_CHAOS (preset dev). Belongs to the I/O thread, but for the clock.
class chaos {
public:
  virtual ~chaos() = default;

  /// What actors are given instead of the system's; from any thread. Lives as long as this.
  virtual const clock_source& clock() const = 0;

  /// As environment::on_start.
  virtual void started(const std::string& name, const caf::actor_addr& who) = 0;

  /// Listens no longer, so that the loop can end.
  virtual void end() = 0;
};

/// Listens at the path in XYLEM_CHAOS of the environment; null without one, and in builds without
/// chaos. Throws boost::system::system_error when it cannot.
std::unique_ptr<chaos> invite_chaos(boost::asio::io_context& io);

} // namespace xylem
