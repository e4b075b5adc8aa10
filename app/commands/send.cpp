#include "app/commands/send.hpp"

#include "app/commands/console_text.hpp"
#include "protocol/node.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <ostream>

namespace xylem {

namespace {

client::error wrong(std::string text) {
  return {client::error_kind::invalid_request, std::move(text)};
}

client::result<bytes> message_of(const send_arguments& arguments) {
  std::string text;
  for (const auto& word : arguments.words)
    text += (text.empty() ? "" : " ") + word;
  if (arguments.spelling == message_spelling::text)
    return copy_of(view_of(text));
  auto raw = from_hex(text);
  if (!raw)
    return wrong(text + " is not hex: give two digits a byte, for example 48 65 6c");
  return *std::move(raw);
}

client::result<client::request> request_of(const send_arguments& arguments, bytes_view message) {
  if (arguments.node.empty())
    return client::request::broadcast(message);
  auto node = parse_node_address(arguments.node);
  if (!node)
    return wrong(arguments.node + " is no node: give 0 to 65535, or 0x0005");
  return client::request::send(*node, message);
}

void confirm(const send_arguments& arguments, std::size_t size, const console& io) {
  auto node = parse_node_address(arguments.node);
  if (arguments.client.format == output_format::json) {
    boost::json::object document{{"accepted", true}, {"bytes", size}};
    if (node)
      document["node"] = node->value;
    else
      document["node"] = nullptr;
    io.out << boost::json::serialize(document) << '\n';
    return;
  }
  auto target = node ? "node " + std::to_string(node->value) : std::string{"every node"};
  io.out << counted(size, "byte") << " for " << target << " wait for the root\n";
}

} // namespace

int run_send(const send_arguments& arguments, const console& io) {
  auto message = message_of(arguments);
  if (!message)
    return report(io, arguments.client, message.error());
  auto what = request_of(arguments, *message);
  if (!what)
    return report(io, arguments.client, what.error());
  auto gateway = connect_to(arguments.client);
  if (!gateway)
    return report(io, arguments.client, gateway.error());
  auto sent = gateway->submit(*what);
  if (!sent)
    return report(io, arguments.client, sent.error());
  if (auto answered = gateway->receive(); !answered)
    return report(io, arguments.client, answered.error());
  confirm(arguments, message->size(), io);
  return exit_codes::ok;
}

void add_send(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<send_arguments>();
  auto* command = app.add_subcommand("send", "Send a message to one node; 0 is the root itself");
  add_client_options(*command, arguments->client);
  command->add_option("NODE", arguments->node, "5 or 0x0005")->required();
  command->add_option("TEXT", arguments->words, "At most 255 bytes; words are joined by a blank")
      ->required();
  command->add_flag_callback(
      "--hex", [arguments] { arguments->spelling = message_spelling::hex; }, "TEXT is hex");
  command->callback(
      [arguments, &exit_code] { exit_code = run_send(*arguments, standard_console()); });
}

} // namespace xylem
