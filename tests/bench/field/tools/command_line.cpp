#include "command_line.hpp"

#include "echo_server.hpp"
#include "listen.hpp"
#include "load.hpp"
#include "publish.hpp"
#include "raw_pty.hpp"
#include "root.hpp"

#include <boost/json/serialize.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace xylem::bench {

namespace {

void print(const boost::json::object& result) {
  std::cout << boost::json::serialize(result) << std::endl;
}

/// An option that is one of the words that `parse` knows.
template <class T>
CLI::Option* add_word(CLI::App& command, const std::string& name, T& target,
                      std::optional<T> (*parse)(const std::string&), const std::string& help) {
  return command.add_option_function<std::string>(
      name,
      [&target, parse, name](const std::string& text) {
        auto value = parse(text);
        if (!value)
          throw CLI::ValidationError{name, "no such word: " + text};
        target = *value;
      },
      help);
}

void add_echo_server(CLI::App& app) {
  auto port = std::make_shared<std::uint16_t>();
  auto* command = app.add_subcommand("echo-server", "Sends back what it gets, until it is killed");
  command->add_option("--port", *port, "Of 127.0.0.1")->required();
  command->callback([port] { run_echo_server(*port); });
}

void add_load(CLI::App& app) {
  auto options = std::make_shared<load_options>();
  auto* command = app.add_subcommand("load", "Asks for readings and checks every reply");
  command->option_defaults()->take_last(); // of an option that is given twice
  command->add_option("--server", options->server, "HOST:PORT")->capture_default_str();
  add_word(*command, "--protocol", options->protocol, parse_asked_protocol, "xylem, http, redis, echo");
  command->add_flag_callback(
      "--one-shot", [options] { options->use = connection_use::one_shot; },
      "A connection for each request, which the client closes first");
  command->add_option("--nodes", options->readings.nodes, "Nodes that are asked for, from 1");
  command->add_option("--type", options->readings.type, "What is asked for");
  command->add_option("--value-size", options->readings.size, "Bytes of a reading");
  command->add_option("--clients", options->clients, "At the same time")->capture_default_str();
  command->add_option("--depth", options->depth, "Requests under way on each connection");
  command->add_option("--idle", options->idle, "Further connections that say nothing");
  command->add_option("--rate", options->rate, "Requests a second; 0: as replies come");
  command->add_option("--warm-up", options->warm_up_s, "Seconds before the measuring");
  command->add_option("--duration", options->duration_s, "Seconds")->capture_default_str();
  command->add_option("--pid", options->process, "Process id of the server, for its CPU time");
  command->callback([options] { print(run_load(*options)); });
}

void add_root(CLI::App& app) {
  auto options = std::make_shared<root_options>();
  auto* command = app.add_subcommand("root", "Simulates a root on a pseudo terminal");
  command->add_option("--link", options->link, "Symbolic link to the terminal")->required();
  auto* gateway =
      command->add_option("--gateway", options->gateway, "HOST:PORT that proves what was handled");
  auto* web = command->add_option("--web", options->web, "HOST:PORT of its web port");
  gateway->needs(web);
  command->add_option("--nodes", options->nodes, "Addresses from 1")->capture_default_str();
  command->add_option("--types", options->types, "Data types of every node")->delimiter(',');
  command->add_option("--value-size", options->value_size, "Bytes of a reading");
  command->add_option("--readings", options->readings, "Of each node and type, at the start");
  add_word(*command, "--traffic", options->traffic, parse_root_traffic,
           "none, updates, messages, unplugs");
  command->add_option("--rate", options->rate, "Frames a second; 0: as they are taken");
  command->add_option("--duration", options->duration_s, "Seconds of traffic");
  command->add_option("--count", options->count, "Frames of traffic, or unplugs");
  command->add_option("--message-every", options->message_every,
                      "Of updates at a rate: each so-many-th is a message instead");
  command->add_option("--message-size", options->message_size, "Bytes")->check(CLI::Range(26, 255));
  command->add_option("--settle", options->settle_s, "Seconds before the traffic");
  command->add_option("--frames-per-write", options->frames_per_write, "Of updates without a rate");
  command->add_flag("--stay", options->stays, "Keep the port until SIGTERM");
  command->callback([options] { print(run_root(*options)); });
}

void add_raw_pty(CLI::App& app) {
  auto options = std::make_shared<raw_pty_options>();
  auto* command = app.add_subcommand("raw-pty", "What a plain reader drains from a terminal");
  command->add_option("--value-size", options->value_size, "Bytes of a reading");
  command->add_option("--duration", options->duration_s, "Seconds")->capture_default_str();
  command->add_option("--frames-per-write", options->frames_per_write, "Updates");
  command->add_option("--rate", options->rate, "Frames a second; 0: as they are taken");
  command->add_option("--reader-core", options->reader_core, "Where the reader runs");
  command->add_flag_callback(
      "--writer-gives-way", [options] { options->writer = urgency::gives_way; },
      "To everybody else on its core");
  command->callback([options] { print(run_raw_pty(*options)); });
}

void add_listen(CLI::App& app) {
  auto options = std::make_shared<listen_options>();
  auto* command = app.add_subcommand("listen", "Listens on many connections");
  command->add_option("--server", options->server, "HOST:PORT")->capture_default_str();
  add_word(*command, "--protocol", options->protocol, parse_push_protocol,
           "xylem, raw, mqtt, redis");
  command->add_option("--connections", options->connections, "That read")->capture_default_str();
  command->add_option("--slow", options->slow, "Further ones that never read");
  command->add_option("--count", options->count, "End when each has so many messages");
  command->add_option("--duration", options->duration_s, "End after so many seconds");
  command->add_option("--silence", options->silence_s, "End so long after the last message");
  command->add_flag("--kernel-arrivals", options->kernel_arrivals,
                    "A message came when the kernel had it");
  command->add_option("--pid", options->process, "Process id of the server, for its CPU time");
  command->callback([options] { print(run_listen(*options)); });
}

void add_publish(CLI::App& app) {
  auto options = std::make_shared<publish_options>();
  auto* command = app.add_subcommand("publish", "Publishes marked messages to a broker");
  command->add_option("--server", options->server, "HOST:PORT")->required();
  add_word(*command, "--protocol", options->protocol, parse_push_protocol, "mqtt, redis");
  command->add_option("--rate", options->rate, "Messages a second; 0: as they are taken");
  command->add_option("--count", options->count, "Messages")->capture_default_str();
  command->add_option("--message-size", options->message_size, "Bytes");
  command->callback([options] { print(run_publish(*options)); });
}

} // namespace

void add_tools(CLI::App& app) {
  add_echo_server(app);
  add_load(app);
  add_root(app);
  add_raw_pty(app);
  add_listen(app);
  add_publish(app);
}

} // namespace xylem::bench
