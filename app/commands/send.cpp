#include "app/commands/send.hpp"

#include "app/commands/console_text.hpp"
#include "protocol/limits.hpp"
#include "protocol/node.hpp"

#include <CLI/CLI.hpp>

namespace xylem {

namespace {

client::error wrong(std::string text) {
  return {client::error_kind::invalid_request, std::move(text)};
}

client::result<bytes> message_of(const send_arguments& arguments) {
  std::string text;
  for (const auto& word : arguments.words)
    text += (text.empty() ? "" : " ") + word;
  auto raw = arguments.spelling == message_spelling::hex ? from_hex(text)
                                                         : std::optional{copy_of(view_of(text))};
  if (!raw)
    return wrong(text + " is not hex: give two digits a byte, for example 48 65 6c");
  if (raw->size() > limits::max_message)
    return wrong("the message has " + counted(raw->size(), "byte") + ", the wire carries "
                 + std::to_string(limits::max_message));
  return *std::move(raw);
}

client::result<submission> submission_of(const send_arguments& arguments) {
  auto message = message_of(arguments);
  if (!message)
    return message.error();
  submission made{{{"kind", "broadcast"}, {"data", to_hex(*message)}},
                  counted(message->size(), "byte") + " for every node",
                  arguments.then};
  if (arguments.node.empty())
    return made;
  auto node = parse_node_address(arguments.node);
  if (!node)
    return wrong(arguments.node + " is no node: give 0 to 65535, or 0x0005");
  made.body["kind"] = "send";
  made.body["node"] = node->value;
  made.title = counted(message->size(), "byte") + " for node " + std::to_string(node->value);
  return made;
}

} // namespace

int run_send(const send_arguments& arguments, const console& io) {
  auto what = submission_of(arguments);
  if (!what)
    return report_failure(io, arguments.client, what.error());
  return run_submission(arguments.client, *what, io);
}

void add_message_options(CLI::App& command, send_arguments& arguments) {
  command.add_option("TEXT", arguments.words, "At most 255 bytes; words are joined by a blank")
      ->required();
  command.add_flag_callback(
      "--hex", [&arguments] { arguments.spelling = message_spelling::hex; }, "TEXT is hex");
  add_wait_option(command, arguments.then);
}

void add_send(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<send_arguments>();
  auto* command = app.add_subcommand("send", "Send a message to one node; 0 is the root itself");
  add_client_options(*command, arguments->client);
  command->add_option("NODE", arguments->node, "5 or 0x0005")->required();
  add_message_options(*command, *arguments);
  command->callback(
      [arguments, &exit_code] { exit_code = run_send(*arguments, standard_console()); });
}

} // namespace xylem
