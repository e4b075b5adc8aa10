#pragma once

#include "actors/log.hpp"
#include "actors/settings.hpp"
#include "protocol/command.hpp"
#include "protocol/monitor_messages.hpp"

#include <functional>
#include <memory>

namespace xylem {

/// An event of a gateway elsewhere. Lives as long as the call that tells it.
struct followed_event {
  std::string_view gateway; ///< its name
  std::string_view mesh;    ///< `north/field`; of a gap, the gateway
  const event& what;
  cursor reached;           ///< who has handled it goes on from here
  const data_type_registry& types;

  /// `longitude=8.40444 latitude=49.01409`, or the bytes as hex.
  std::string text() const;
};

struct gateway_change {
  std::string_view gateway;
  bool followed = false;
  std::string_view reason; ///< why not; empty: it is
};

/// A node that follows gateways elsewhere (MONITOR.md): connects, reconnects, goes on where it was,
/// and tells everything in order, each event once. Callbacks come on the thread of run().
class monitor_node {
public:
  /// `settings.gateways` are followed; `settings.monitor` says who this is; with `settings.web` and
  /// `settings.monitor.listen` it serves a page, and others that follow it.
  monitor_node(gateway_settings settings, logger& log);
  ~monitor_node();

  void on_event(std::function<void(const followed_event&)> callback);
  void on_change(std::function<void(const gateway_change&)> callback);

  /// Events of this gateway come from here on, and not only new ones. Before run().
  void start_at(std::string gateway, cursor from);

  /// Blocks until stop(), SIGINT or SIGTERM. Throws std::runtime_error when it cannot start.
  void run();

  /// From any thread, and from callbacks.
  void stop();

  /// Needs the scope `command` at the gateway. `done` gets the id, or why it was refused; what
  /// becomes of the command are events. From callbacks, or any thread while it runs.
  void send(std::string mesh, command what,
            std::function<void(std::variant<command_id, problem>)> done);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace xylem
