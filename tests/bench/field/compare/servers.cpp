#include "servers.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/sockets.hpp"

#include <fstream>

namespace xylem::bench {

namespace {

using words = std::vector<std::string>;

words joined(words first, const words& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

void await_listening(running_server& server) {
  auto where = address_of(server.address);
  for (auto tries = 0; !is_listening(where); ++tries) {
    if (!server.process.is_running() || tries > 2000)
      throw std::runtime_error{server.name + " does not listen: " + server.process.errors()};
    std::this_thread::sleep_for(5ms);
  }
}

words root_command(const std::string& link, const std::string& gateway, const std::string& web,
                   const words& options) {
  return joined({"root", "--link", link, "--gateway", gateway, "--web", web}, options);
}

words gateway_command(session& run, const std::string& link, const std::string& address,
                      const std::string& web, const words& sets) {
  words command{run.options().xylem, "run", "--serial", link, "--listen", address, "--web", web};
  for (const auto& set : sets)
    command = joined(std::move(command), {"--set", set});
  return command;
}

void await_ready(child_process& root) {
  if (!root.await_error_text("ready", 90))
    throw std::runtime_error{"the root is not ready: " + root.errors()};
}

std::string local(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

} // namespace

running_server start_echo(session& run) {
  auto port = free_port();
  running_server out{"echo", "echo", local(port),
                     run.serve({std::filesystem::read_symlink("/proc/self/exe").string(),
                                "echo-server", "--port", std::to_string(port)})};
  await_listening(out);
  return out;
}

running_server start_redis(session& run) {
  auto program = session::program("redis-server", "redis-server");
  auto port = free_port();
  // One-shot clients come from several addresses of the loopback: protected mode refuses those.
  running_server out{"redis", "redis", local(port),
                     run.serve({program, "--port", std::to_string(port), "--bind", "127.0.0.1",
                                "--save", "", "--appendonly", "no", "--protected-mode", "no",
                                "--client-output-buffer-limit", "pubsub 0 0 0"})};
  await_listening(out);
  return out;
}

running_server start_mosquitto(session& run) {
  auto program = session::program("mosquitto", "mosquitto");
  auto port = free_port();
  auto file = run.file("mosquitto.conf");
  std::ofstream{file} << "listener " << port << " 127.0.0.1\n"
                      << "allow_anonymous true\npersistence false\nlog_dest none\n"
                      << "set_tcp_nodelay true\nmax_queued_messages 0\nmax_inflight_messages 0\n";
  running_server out{"mosquitto", "mqtt", local(port), run.serve({program, "-c", file})};
  await_listening(out);
  return out;
}

running_server start_socat(session& run, const std::string& device) {
  auto program = session::program("socat", "socat");
  auto port = std::to_string(free_port());
  // It takes one client, so nobody may try whether it listens.
  return {"socat", "raw", "127.0.0.1:" + port,
          run.serve({program, "-u", "FILE:" + device + ",raw,echo=0",
                     "TCP-LISTEN:" + port + ",bind=127.0.0.1,reuseaddr,nodelay"})};
}

running_server start_ser2net(session& run, const std::string& device) {
  auto program = session::program("ser2net", "ser2net");
  auto port = std::to_string(free_port());
  auto file = run.file("ser2net.yaml");
  std::ofstream{file} << "connection: &bench\n  accepter: tcp(nodelay),127.0.0.1," << port
                      << "\n  connector: serialdev," << device << ",115200n81,local\n";
  running_server out{"ser2net", "raw", "127.0.0.1:" + port,
                     run.serve({program, "-n", "-c", file, "-P", run.file("ser2net.pid")})};
  return out;
}

running_gateway start_gateway(session& run, const gateway_options& options) {
  auto address = local(free_port());
  auto link = run.file("root-" + address);
  auto web = local(free_port());
  auto root = run.start_tool(root_command(link, address, web, options.root));
  auto command = gateway_command(run, link, address, web, options.sets);
  running_gateway out{
      link,
      {"xylem", "xylem", address, run.serve(joined(std::move(command), options.arguments))},
      web,
      std::move(root)};
  await_listening(out.server);
  await_ready(out.root);
  return out;
}

running_server start_again(session& run, const running_gateway& was, const words& sets) {
  return {was.server.name, was.server.protocol, was.server.address,
          run.serve(gateway_command(run, was.link, was.server.address, was.web, sets))};
}

child_process start_root(session& run, const running_gateway& gateway, const words& options,
                         urgency how) {
  auto root = run.start_tool(
      root_command(gateway.link, gateway.server.address, gateway.web, options), how);
  await_ready(root);
  return root;
}

} // namespace xylem::bench
