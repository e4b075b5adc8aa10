#include "app/commands/client_commands.hpp"

#include "app/commands/broadcast.hpp"
#include "app/commands/bundle.hpp"
#include "app/commands/capture.hpp"
#include "app/commands/get.hpp"
#include "app/commands/history.hpp"
#include "app/commands/log.hpp"
#include "app/commands/nodes.hpp"
#include "app/commands/root.hpp"
#include "app/commands/send.hpp"
#include "app/commands/status.hpp"
#include "app/commands/watch.hpp"

namespace xylem {

void add_client_commands(CLI::App& app, int& exit_code) {
  add_nodes(app, exit_code);
  add_get(app, exit_code);
  add_history(app, exit_code);
  add_send(app, exit_code);
  add_broadcast(app, exit_code);
  add_root(app, exit_code);
  add_watch(app, exit_code);
  add_status(app, exit_code);
  add_log(app, exit_code);
  add_capture(app, exit_code);
  add_bundle(app, exit_code);
}

} // namespace xylem
