#pragma once

#include "actors/environment.hpp"
#include "actors/remote/monitor_observer.hpp"
#include "actors/settings.hpp"

#include <boost/json/object.hpp>

#include <memory>

namespace xylem {

class service_manager;

/// What came of reading the configuration again.
struct reload_outcome {
  /// Who may follow from now on; nothing: all stays as it is.
  std::optional<std::vector<allowed_monitor>> allow{};
  std::string shown{}; ///< with `allow`: what holds now, as TOML
  std::string note{}; ///< for the service manager; empty: there is nothing to be said
};

/// What is wired to what: one I/O thread, the actor system on it, and the supervisor that starts
/// everything else. run() belongs to one thread; stop() and status() may come from any.
class gateway {
public:
  /// Ports are opened for real unless `open_port` is given. `observer` sees what gateways tell that
  /// are followed. Throws std::runtime_error when their certificates cannot be used.
  gateway(gateway_settings settings, logger& log, port_opener open_port = {},
          monitor_observer* observer = nullptr);
  ~gateway();

  /// On SIGHUP `read_again` is called, on the thread of run(). Before run().
  void on_hangup(std::function<reload_outcome()> read_again);

  /// The service manager is told how the gateway is, and its watchdog. It outlives this. Before
  /// run().
  void report_to(service_manager& manager);

  /// The gateway listens on sockets that were given to its actors. They outlive this. Before run().
  void inherit(inherited_sockets& sockets);

  /// Blocks until the gateway has ended; SIGINT and SIGTERM end it. Throws std::runtime_error
  /// when it cannot start.
  void run();

  /// Ends in order: clients get their replies, commands that wait go out.
  void stop();

  /// From any thread; `done` is called on that of run().
  void submit(std::string mesh, command what,
              std::function<void(std::variant<command_id, problem>)> done);

  /// What `xylem status` shows. Blocks; not for the thread of run(). Throws std::runtime_error
  /// when the gateway does not run.
  boost::json::object status();

private:
  struct parts;

  void watch_root();
  void wait_for_hangup();
  void reload();

  std::unique_ptr<parts> parts_;
};

} // namespace xylem
