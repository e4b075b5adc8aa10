#pragma once

#include "actors/byte_port.hpp"
#include "actors/crash_journal.hpp"
#include "actors/gate_process.hpp"
#include "actors/log.hpp"
#include "actors/web_asset.hpp"
#include "protocol/monitor_messages.hpp"

#include <boost/asio/io_context.hpp>

#include <caf/actor_addr.hpp>

namespace xylem {

class gateway_dialer;
class inherited_sockets;
class monitor_observer;

/// Where actors read the time, so that a test can be ahead of it.
class clock_source {
public:
  virtual ~clock_source() = default;
  virtual instant now() const = 0;
};

class system_clock_source final : public clock_source {
public:
  instant now() const override {
    return {std::chrono::steady_clock::now(),
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
  }
};

/// What every actor is given of the world outside. Outlives the actor system.
struct environment {
  boost::asio::io_context& io;
  const clock_source& clock;
  logger& log;
  port_opener open_port; ///< the real ports, or a test's
  web_assets assets{};   ///< the page
  const crash_journal* journal = nullptr; ///< null: there is none
  std::string configuration{}; ///< all keys as TOML, for /api/v1/configuration
  instance_id instance{};      ///< this process
  gateway_dialer* dialer = nullptr;     ///< of a node that follows others
  monitor_observer* observer = nullptr; ///< null: nobody looks
  gate_starter start_gate{}; ///< empty: this program
  inherited_sockets* inherited = nullptr; ///< that a service manager opened; null: none
  /// Told of each actor that starts, such as `uart/field`, on the I/O thread; empty: nobody looks.
  std::function<void(const std::string& name, const caf::actor_addr& who)> on_start{};
};

} // namespace xylem
