#pragma once

#include "actors/log.hpp"
#include "app/monitor/followed_event.hpp"
#include "protocol/command.hpp"
#include "protocol/problem.hpp"

#include <boost/json/object.hpp>

#include <memory>

namespace xylem {

/// A node that follows gateways elsewhere (MONITOR.md): connects, reconnects, goes on where it was,
/// and tells everything in order, each event once. Callbacks come on the thread of run(); while one
/// runs nothing else does: what takes long belongs elsewhere.
class monitor_node {
public:
  /// `settings.gateways` are followed; `settings.monitor` says who this is; with `settings.web` and
  /// `settings.monitor.listen` it serves a page, and others that follow it. Throws
  /// std::runtime_error when the certificates cannot be used.
  monitor_node(gateway_settings settings, logger& log);
  ~monitor_node();

  // Before run(): whom to tell (followed_event.hpp).
  void on_event(std::function<void(const followed_event&)> callback);
  void on_change(std::function<void(const gateway_change&)> callback);
  void on_progress(std::function<void(const gateway_progress&)> callback);

  /// Events of this gateway come from here on, and not only new ones. Before run().
  void start_at(std::string gateway, cursor from);

  /// Blocks until stop(), SIGINT or SIGTERM. Throws std::runtime_error when it cannot start.
  void run();

  /// From any thread, and from callbacks.
  void stop();

  /// Needs the scope `command` at the gateway. `done` gets the id that it has there, or why it was
  /// refused; what becomes of the command are events. From callbacks, or any thread while it runs.
  void send(std::string mesh, command what,
            std::function<void(std::variant<command_id, problem>)> done);

  /// What `xylem status` shows. Blocks: from another thread than that of run().
  boost::json::object status();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace xylem
