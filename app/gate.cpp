#include "app/gate.hpp"

#include "actors/remote/gate_core.hpp"
#include "actors/remote/io_multiplexer.hpp"
#include "actors/remote/monitor_rules.hpp"
#include "app/process.hpp"

#include <boost/asio/signal_set.hpp>
#include <caf/actor_system.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sys/socket.h>

namespace xylem {

namespace asio = boost::asio;

namespace {

struct gate_config : quiet_config {
  gate_config() {
    set("scheduler.max-threads", std::size_t{1});
    add_monitor_types(*this);
    load_remote(*this);
  }
};

int option_of(int socket, int option) {
  auto value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

/// Exceptions leave the callback of one connection; all else goes on.
void run(asio::io_context& io) {
  while (!io.stopped())
    try {
      io.run();
    } catch (const std::exception& error) {
      std::cerr << "xylem gate: " << error.what() << std::endl;
    }
}

} // namespace

bool is_gate_of_a_gateway() {
  return option_of(gate_descriptor, SO_DOMAIN) == AF_UNIX
         && option_of(gate_descriptor, SO_TYPE) == SOCK_STREAM;
}

void run_gate(file_descriptor gateway) {
  raise_descriptor_limit();
  give_memory_back();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, SIG_IGN); // a terminal's Ctrl-C is for the gateway, which ends this one
  asio::io_context io{1};
  gate_config config;
  caf::actor_system system{config};
  io_unit unit{system, io};
  basp_node node{system, unit};
  system_clock_source clock;
  auto code = EXIT_SUCCESS;
  auto core = std::make_shared<gate_core>(system, node, clock, std::move(gateway), gate_limits{},
                                          [&](gate_core::outcome how) {
                                            if (how == gate_core::outcome::refused)
                                              code = EXIT_FAILURE;
                                            io.stop();
                                          });
  asio::signal_set signals{io, SIGTERM};
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error)
      core->stop();
  });
  core->start();
  run(io);
  std::_Exit(code); // nothing here outlives the process, and nobody waits for a slow peer
}

} // namespace xylem
