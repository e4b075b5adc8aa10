#include "app/client/connection.hpp"

#include "app/client/gateway_state.hpp"

namespace xylem::client {

namespace {

constexpr std::size_t read_size = 64 * 1024;

/// Replies that are read ahead while requests are still being written.
constexpr std::size_t read_ahead = 2 * max_json;

error took_too_long(milliseconds limit) {
  return {error_kind::timeout, "no complete reply within " + std::to_string(limit.count()) + " ms"};
}

} // namespace

result<connection> connection::open(const endpoint& where, timeouts limits) {
  auto socket = tcp_socket::connect(where, limits.connect);
  if (!socket)
    return socket.error();
  return connection{std::move(*socket), limits};
}

result<bytes> connection::latest(node_address node, type_code code) {
  auto found = ask_for<std::vector<reading>>(request::latest(node, code));
  if (!found)
    return found.error();
  if (found->size() != 1 || found->front().node != node)
    return fail(error_kind::protocol, "readings of other nodes than the one that was asked for");
  return std::move(found->front().data);
}

result<std::vector<reading>> connection::latest_of_all(type_code code) {
  return ask_for<std::vector<reading>>(request::latest_of_all(code));
}

result<std::vector<history_point>> connection::history(node_address node, type_code code,
                                                       std::uint8_t max) {
  return ask_for<std::vector<history_point>>(request::history(node, code, max));
}

result<done> connection::send(node_address node, bytes_view message) {
  return ask_for_nothing(request::send(node, message));
}

result<done> connection::broadcast(bytes_view message) {
  return ask_for_nothing(request::broadcast(message));
}

result<done> connection::network_info() {
  return ask_for_nothing(request::network_info());
}

result<done> connection::reset_root() {
  return ask_for_nothing(request::reset_root());
}

result<done> connection::clean() {
  return ask_for_nothing(request::clean());
}

result<done> connection::answer(node_address node, bytes_view answer) {
  auto what = request::answer(node, answer);
  if (!what)
    return what.error();
  if (auto sent = submit(*what); !sent)
    return sent.error();
  socket_.end_writing();
  while (parser_.waiting() > 1) {
    if (auto earlier = receive(); !earlier && failed_)
      return earlier.error();
  }
  auto answered = receive();
  if (!failed_)
    failed_ = error{error_kind::closed, "the connection ended with its answer"};
  if (!answered)
    return answered.error();
  return done{};
}

result<std::uint16_t> connection::active_count() {
  auto found = ask_for<client::active_count>(request::active_count());
  if (!found)
    return found.error();
  return found->value;
}

result<std::vector<node_activity>> connection::node_status() {
  auto found = ask_for<json_text>(request::node_status());
  if (!found)
    return found.error();
  return parse_node_status(found->text);
}

result<push_stream> connection::listen(byte_order request_address) && {
  auto answered = ask_for<listening>(request::listen());
  if (!answered)
    return answered.error();
  return push_stream{std::move(socket_), parser_.take_rest(), request_address};
}

result<done> connection::submit(const request& what) {
  if (failed_)
    return *failed_;
  if (parser_.waiting() >= max_pipelined)
    return error{error_kind::invalid_request, "1024 requests wait for their reply: receive first"};
  parser_.expect(what.reply);
  return write(what.wire);
}

result<reply> connection::receive() {
  if (failed_)
    return *failed_;
  if (parser_.waiting() == 0)
    return error{error_kind::invalid_request, "no request waits for a reply"};
  deadline until{limits_.reply};
  for (;;) {
    auto found = parser_.next();
    if (auto* broken = std::get_if<protocol_error>(&found))
      return fail(error_kind::protocol, std::string{broken->text});
    if (auto* whole = std::get_if<reply>(&found)) {
      if (auto* refusal = std::get_if<failure_reply>(whole))
        return error{error_kind::failure_reply, std::move(refusal->text)};
      return std::move(*whole);
    }
    if (ended_)
      return fail(ended_->kind, ended_->text);
    if (socket_.wait(interest::read, until).why == wake_up::ready)
      read();
    else if (until.left() == milliseconds{0})
      return fail(error_kind::timeout, took_too_long(limits_.reply).text);
  }
}

/// Replies are read while the request is written: a gateway whose client does not read stops
/// reading as well, and both would wait for ever.
result<done> connection::write(bytes_view data) {
  deadline until{limits_.reply};
  while (!data.empty() && !ended_) {
    auto full = parser_.buffered() >= read_ahead;
    auto now = socket_.wait(full ? interest::write : interest::both, until);
    if (now.why != wake_up::ready && until.left() == milliseconds{0})
      return fail(error_kind::timeout, took_too_long(limits_.reply).text);
    if (now.readable && !full)
      read();
    if (!now.writable)
      continue;
    auto taken = socket_.write_some(data);
    if (!taken)
      break; // the reply that explains it may have arrived: receive() tells
    data = data.subspan(*taken);
  }
  return done{};
}

void connection::read() {
  auto chunk = socket_.read_some(read_size);
  if (chunk)
    parser_.feed(*chunk);
  else
    ended_ = chunk.error();
}

result<reply> connection::ask(const result<request>& what) {
  if (!what)
    return what.error();
  if (parser_.waiting() > 0 && !failed_)
    return error{error_kind::invalid_request, "earlier requests wait: receive their replies first"};
  if (auto sent = submit(*what); !sent)
    return sent.error();
  return receive();
}

template <class T>
result<T> connection::ask_for(const result<request>& what) {
  auto answered = ask(what);
  if (!answered)
    return answered.error();
  return std::get<T>(std::move(*answered));
}

result<done> connection::ask_for_nothing(const result<request>& what) {
  auto answered = ask_for<accepted>(what);
  if (!answered)
    return answered.error();
  return done{};
}

error connection::fail(error_kind kind, std::string text) {
  return failed_.emplace(error{kind, std::move(text)});
}

} // namespace xylem::client
