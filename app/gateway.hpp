#pragma once

#include "actors/environment.hpp"
#include "actors/settings.hpp"

#include <boost/json/object.hpp>

#include <memory>

namespace xylem {

/// What is wired to what: one I/O thread, the actor system on it, and the supervisor that starts
/// everything else. run() belongs to one thread; stop() and status() may come from any.
class gateway {
public:
  /// Ports are opened for real unless `open_port` is given.
  gateway(gateway_settings settings, logger& log, port_opener open_port = {});
  ~gateway();

  /// Blocks until the gateway has ended; SIGINT and SIGTERM end it. Throws std::runtime_error
  /// when it cannot start.
  void run();

  /// Ends in order: clients get their replies, commands that wait go out.
  void stop();

  /// What `xylem status` shows. Blocks; not for the thread of run(). Throws std::runtime_error
  /// when the gateway does not run.
  boost::json::object status();

private:
  struct parts;

  void watch_root();

  std::unique_ptr<parts> parts_;
};

} // namespace xylem
