// A message of a monitor or a gate (monitor §4); the first byte chooses its type. What is read is
// bounded and can be written, and what is written is read as the same.
#include "protocol/gate_frames.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace xylem;

template <class... Messages>
struct message_types {};

using every_message
  = message_types<monitor_hello, gateway_hello, monitor_subscription, subscription_answer,
                  credit_grant, event_page, nodes_query, nodes_page, report_query, report,
                  remote_command, remote_command_query, remote_command_answer, ping, pong,
                  gate_question, gate_follow, gate_replay, gate_listening, gate_more, gate_line>;

template <class Message>
void require_same(std::string_view encoded) {
  auto read = decode<Message>(encoded);
  if (!read)
    return;
  auto again = encode(*read);
  require(again.size() <= encoded.size());
  require(decode<Message>(again) == read);
}

template <class... Messages>
void require_one(message_types<Messages...>, std::size_t chosen, std::string_view encoded) {
  std::size_t index = 0;
  ((index++ == chosen ? require_same<Messages>(encoded) : void()), ...);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  // A copy: its end is that of what may be read.
  std::vector<char> copy(data + 1, data + size);
  require_one(every_message{}, data[0] % 21, {copy.data(), copy.size()});
  return 0;
}
