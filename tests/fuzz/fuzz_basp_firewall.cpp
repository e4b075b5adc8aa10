// What a peer says over a stream (monitor §2), cut into reads: the first byte tells the side, the
// second the length of reads. What passes is of the allowed shape, and the same for any cut.
#include "protocol/basp_firewall.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/protocol/basp_frames.hpp"

namespace {

using namespace xylem;
using namespace xylem::testing;

const auto us = node_of('u');
constexpr std::uint64_t facade = 6;
constexpr std::uint64_t asker = 7;
constexpr std::size_t max_message = 512;
constexpr std::size_t max_sources = 3;

basp_policy policy_of(basp_side side) {
  basp_policy out;
  out.side = side;
  out.own = us;
  out.application = "xylem";
  out.messages = {{"question", [](std::string_view text) { return text.starts_with('?'); }},
                  {"note", [](std::string_view text) { return text.size() == 2; }}};
  out.max_message = max_message;
  out.max_sources = max_sources;
  return out;
}

basp_firewall wall_of(basp_side side) {
  basp_firewall out{policy_of(side)};
  auto said = as_output(side == basp_side::server
                            ? server_handshake(us, facade)
                            : client_handshake(us)
                                  + message(asker, facade, "question", "?", 0x1000'0000'0000'0003));
  out.filter_output(said);
  return out;
}

void require_harmless(basp_side side, const basp_frame& frame, std::size_t position) {
  auto header = parse_basp_header(frame.header);
  require(frame.header.size() == basp_header_size && frame.payload.size() == header.payload_size);
  auto shakes =
      is(header, basp_operation::client_handshake) || is(header, basp_operation::server_handshake);
  require(shakes == (position == 0));
  require(!is(header, basp_operation::routed_message) && !is(header, basp_operation::heartbeat));
  if (!is(header, basp_operation::direct_message))
    return;
  require(header.flags == 0 && header.payload_size <= max_message);
  require(header.destination == (side == basp_side::server ? facade : asker));
  auto content = frame.payload.substr(3);
  require(content.starts_with(short_text("@<>+question"))
          || content.starts_with(short_text("@<>+note"))
          || content.starts_with(short_text("@<>+@error")) || content == short_text("@<>"));
}

/// What passed, and how it ended.
std::pair<std::vector<std::string>, std::optional<basp_violation>>
pass(basp_side side, std::string_view input, std::size_t length) {
  auto wall = wall_of(side);
  std::vector<std::string> passed;
  for (std::size_t at = 0; at < input.size(); at += length) {
    // Of its own memory, whose end is the end of what may be read.
    std::vector<char> bytes(input.begin() + static_cast<std::ptrdiff_t>(at),
                            input.begin()
                                + static_cast<std::ptrdiff_t>(std::min(at + length, input.size())));
    std::string_view left{bytes.data(), bytes.size()};
    for (auto more = true; more;) {
      auto step = wall.next(left);
      more = std::holds_alternative<basp_frame>(step);
      if (auto wrong = std::get_if<basp_violation>(&step))
        return {passed, *wrong};
      if (more) {
        require_harmless(side, std::get<basp_frame>(step), passed.size());
        passed.emplace_back(std::get<basp_frame>(step).header);
        passed.back().append(std::get<basp_frame>(step).payload);
      }
    }
    require(left.empty());
  }
  return {passed, std::nullopt};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  auto side = data[0] % 2 == 0 ? basp_side::server : basp_side::client;
  auto length = std::size_t{data[1]} + 1;
  std::string_view input{reinterpret_cast<const char*>(data) + 2, size - 2};
  require(pass(side, input, length) == pass(side, input, input.size() + 1));
  return 0;
}
