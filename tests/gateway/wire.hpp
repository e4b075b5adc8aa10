#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The wire as a root and a client of the field spell it, written from its document alone: nothing
/// here is shared with the code that is tested.
namespace xylem::testing {

std::string byte(unsigned value);
std::string word(unsigned value); ///< big-endian

// -- the root's side (wire §1 to §3)

/// `FF`, the payload with escapes, `FE`.
std::string frame(std::string_view payload);

/// Takes the first whole frame off the stream, and what is before it.
std::optional<std::string> take_frame(std::string& stream);

using readings = std::vector<std::pair<std::string, std::string>>; ///< type and data

std::string update(unsigned node, const readings& items);
std::string message(unsigned node, std::string_view text);
std::string node_request(unsigned node, std::string_view body);
std::string snapshot(const std::vector<unsigned>& nodes); ///< the uuid repeats the address

/// What the gateway asks for when a link comes up or the root restarts.
inline const std::string ninfo = "NINFO\n";

/// The frame's payload for a client's send_request().
std::string as_command(std::string_view request);

// -- the clients' side (wire §4)

std::string get_request(unsigned node, std::string_view type);
std::string history_request(unsigned node, std::string_view type, unsigned most);
std::string send_request(unsigned node, std::string_view text);
std::string broadcast_request(std::string_view text);

inline const std::string listen_request = std::string{"[syn]"} + '\0';
inline const std::string listen_accepted = std::string{"[ack]"} + '\0';

std::string refusal(std::string_view text);

using node_data = std::pair<unsigned, std::string>;

/// One block of a `[GET]` reply.
std::string block(std::string_view type, unsigned length, const std::vector<node_data>& data);

std::string pushed_message(unsigned node, std::string_view text);

} // namespace xylem::testing
