#include "app/client/request.hpp"

#include "protocol/limits.hpp"

namespace xylem::client {

namespace {

/// What the gateway puts before an answer (wire §4), inside the same 255 bytes.
constexpr std::string_view answer_mark = "<R>";

error invalid(std::string text) {
  return {error_kind::invalid_request, std::move(text)};
}

request plain(std::string_view wire, reply_shape shape) {
  return {copy_of(view_of(wire)), {shape, {}}};
}

std::optional<error> refuse_type(type_code code) {
  if (code.size() != type_code::max_size)
    return invalid("a data type has exactly 3 bytes, " + to_string(code) + " has not");
  return std::nullopt;
}

std::optional<error> refuse_node(node_address node) {
  if (node == root_address || node == every_address)
    return invalid("0 is the root and 65535 means every node: neither has readings of its own");
  return std::nullopt;
}

std::optional<error> refuse_size(std::size_t size, std::size_t most) {
  if (size > most)
    return invalid("the message has " + std::to_string(size) + " bytes, the wire carries "
                   + std::to_string(most));
  return std::nullopt;
}

request about_type(std::string_view name, node_address node, type_code code, reply_shape shape) {
  request made{copy_of(view_of(name)), {shape, code}};
  append_big(made.wire, node.value);
  append(made.wire, code.view());
  return made;
}

request with_message(std::string_view name, node_address node, bytes_view message) {
  request made{copy_of(view_of(name)), {}};
  append_big(made.wire, node.value);
  append_big(made.wire, static_cast<std::uint8_t>(message.size()));
  append(made.wire, message);
  return made;
}

} // namespace

result<request> request::latest(node_address node, type_code code) {
  if (auto reason = refuse_type(code))
    return *reason;
  if (auto reason = refuse_node(node))
    return *reason;
  return about_type("[GET]", node, code, reply_shape::readings);
}

result<request> request::latest_of_all(type_code code) {
  if (auto reason = refuse_type(code))
    return *reason;
  return about_type("[GET]", every_address, code, reply_shape::batches);
}

result<request> request::history(node_address node, type_code code, std::uint8_t max) {
  if (auto reason = refuse_type(code))
    return *reason;
  if (auto reason = refuse_node(node))
    return *reason;
  auto made = about_type("[HIS]", node, code, reply_shape::history);
  append_big(made.wire, max);
  return made;
}

result<request> request::send(node_address node, bytes_view message) {
  if (auto reason = refuse_size(message.size(), limits::max_message))
    return *reason;
  return with_message("SEND-", node, message);
}

result<request> request::broadcast(bytes_view message) {
  if (auto reason = refuse_size(message.size(), limits::max_message))
    return *reason;
  return with_message("BCAST", root_address, message);
}

result<request> request::answer(node_address node, bytes_view answer) {
  if (auto reason = refuse_size(answer.size(), limits::max_message - answer_mark.size()))
    return *reason;
  request made{copy_of(view_of("[REQ]")), {}};
  append_big(made.wire, node.value);
  append(made.wire, answer);
  return made;
}

request request::network_info() {
  return plain("NINFO", reply_shape::accepted);
}

request request::reset_root() {
  return plain("RST-R", reply_shape::accepted);
}

request request::clean() {
  return plain("CLEAN", reply_shape::accepted);
}

request request::active_count() {
  return plain("ACT-C", reply_shape::active_count);
}

request request::node_status() {
  return plain("NSTAT", reply_shape::json);
}

request request::listen() {
  return plain({"[syn]\0", 6}, reply_shape::listening);
}

} // namespace xylem::client
