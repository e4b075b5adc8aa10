// What a client may send (wire §4), as one connection. Each request that is understood is
// answered from a mesh of 300 nodes, and the client library has to understand the answer; each
// command has to arrive at a root.
#include "app/client/reply_parser.hpp"
#include "app/sim/root_codec.hpp"
#include "protocol/query.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace xylem;
using namespace std::chrono_literals;

node_table full_mesh() {
  node_table table{{}};
  std::vector<event> ignored;
  auto read = [&](unsigned address, std::string_view code, std::size_t size) {
    table.apply({.node = node_address{static_cast<std::uint16_t>(address)},
                 .code = type_code{code},
                 .kind = event_kind::reading,
                 .state = 1,
                 .data = small_bytes{bytes(size, std::byte{0x2A})}},
                mono_time{24h}, ignored);
  };
  for (unsigned address = 1; address <= 300; ++address) {
    read(address, "T1.", 1);
    read(address, "MIX", address % 3);
    if (address <= 255)
      read(address, "GPS", 6);
  }
  return table;
}

client::expectation expected_of(const client_request& request) {
  using shape = client::reply_shape;
  switch (request.kind) {
  case request_kind::get:
    return {request.node == root_address || request.node == every_address ? shape::batches
                                                                          : shape::readings,
            request.code};
  case request_kind::history: return {shape::history, request.code};
  case request_kind::active_count: return {shape::active_count, {}};
  default: return {shape::json, {}};
  }
}

void ask(const client_request& request, const dialect& speech) {
  static const auto table = full_mesh();
  bytes out;
  auto failed = query_engine{table, speech}.answer({request.kind, request.max, request.node, request.code}, out);
  client::reply_parser parser;
  parser.expect(expected_of(request));
  parser.feed(out);
  auto next = parser.next();
  auto reply = std::get_if<client::reply>(&next);
  require(reply && parser.buffered() == 0);
  require(std::holds_alternative<client::failure_reply>(*reply) == failed.has_value());
}

/// A root that shares no code with the gateway's dialect reads what was asked.
void command_root(command what, const dialect& speech) {
  static const auto root = make_root_codec("classic");
  if (what.message.size() > limits::max_message)
    return; // refused by the ledger
  auto payload = speech.encode_command(what);
  auto read = root->parse(payload);
  require(read.kind != sim_command_kind::broken);
  if (what.kind != command_kind::send && what.kind != command_kind::broadcast)
    return;
  auto is_answer = read.kind == sim_command_kind::answer;
  auto message = text_of(what.message).substr(is_answer ? 3 : 0);
  require(text_of(read.message) == message);
  require(read.node == (what.kind == command_kind::broadcast ? root_address : what.node));
}

void run(const client_request& request, const dialect& speech) {
  switch (request.kind) {
  case request_kind::command:
    return command_root({request.command, request.node, copy_of(request.payload)}, speech);
  case request_kind::answer: {
    command what{command_kind::send, request.node, copy_of(view_of(std::string_view{"<R>"}))};
    append(what.message, request.payload);
    return command_root(std::move(what), speech);
  }
  case request_kind::listen: return;
  default: return ask(request, speech);
  }
}

/// A request is complete with its last byte, whatever follows, and not before.
void require_self_delimiting(bytes_view input, const parse_result& result, const dialect& speech) {
  require(result.consumed > 0 && result.consumed <= input.size());
  auto request = copy_of(input.first(result.consumed));
  auto alone = speech.parse_request(request);
  require(alone.status == parse_status::complete && alone.consumed == result.consumed);
  require(alone.request.kind == result.request.kind && alone.request.node == result.request.node
          && text_of(alone.request.payload) == text_of(result.request.payload));
  for (std::size_t size = 1; size < request.size(); ++size) {
    auto beginning = copy_of(bytes_view{request}.first(size));
    require(speech.parse_request(beginning).status == parse_status::need_more);
  }
}

/// Takes the first request off `input`; false when the connection has no more.
bool take_request(bytes_view& input, const dialect& speech) {
  auto copy = copy_of(input); // its end is the end of what may be read
  auto result = speech.parse_request(copy);
  require((result.status == parse_status::complete) == (result.consumed > 0));
  if (result.status == parse_status::open_ended) {
    auto ended = speech.parse_open_ended(copy);
    require(ended.status == parse_status::complete || ended.status == parse_status::failed);
    if (ended.status == parse_status::complete) {
      require(ended.consumed == copy.size() && ended.request.kind == request_kind::answer);
      run(ended.request, speech);
    }
    return false;
  }
  if (result.status != parse_status::complete)
    return false;
  require_self_delimiting(copy, result, speech);
  run(result.request, speech);
  input = input.subspan(result.consumed);
  if (!input.empty() && input.front() == std::byte{'\n'})
    input = input.subspan(1);
  return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto speech = make_dialect("classic");
  auto input = std::as_bytes(std::span{data, size});
  // Whatever the session hands over at the end of a connection is an answer or refused.
  auto ended = speech->parse_open_ended(copy_of(input));
  require(ended.status == parse_status::complete || ended.status == parse_status::failed);
  while (!input.empty() && take_request(input, *speech)) {
  }
  return 0;
}
