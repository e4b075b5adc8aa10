#pragma once

#include "protocol/basp_wire.hpp"

#include <concepts>

/// Builds BASP as CAF 0.17.6 was seen to write it, and as it never would.
namespace xylem::testing {

template <std::unsigned_integral T>
std::string big(T value) {
  std::string out;
  for (auto shift = 8 * static_cast<int>(sizeof(T)) - 8; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF);
  return out;
}

/// Shorter than 128 bytes.
inline std::string short_text(std::string_view text) {
  return std::string(1, static_cast<char>(text.size())).append(text);
}

/// Any length.
inline std::string long_text(std::string_view text) {
  std::string out;
  auto size = text.size();
  for (; size > 0x7F; size >>= 7)
    out += static_cast<char>((size & 0x7F) | 0x80);
  out += static_cast<char>(size);
  return out.append(text);
}

inline basp_node_id node_of(char name) {
  basp_node_id out;
  auto wire =
      big(std::uint64_t{0x3E9A'AB9B'AC79}) + big(std::uint32_t{4711}) + std::string(20, name);
  std::copy(wire.begin(), wire.end(), out.wire.begin());
  return out;
}

struct frame_fields {
  basp_operation operation = basp_operation::direct_message;
  std::uint8_t flags = 0;
  std::uint64_t data = 0x1000'0000'0000'0000; ///< of a message: nobody waits for an answer
  std::uint64_t source = 0;
  std::uint64_t destination = 0;
};

inline std::string header_of(const frame_fields& fields, std::uint32_t payload_size) {
  return std::string{static_cast<char>(fields.operation), 0, 0, static_cast<char>(fields.flags)}
         + big(payload_size) + big(fields.data) + big(fields.source) + big(fields.destination);
}

inline std::string frame_of(const frame_fields& fields, const std::string& payload) {
  return header_of(fields, static_cast<std::uint32_t>(payload.size())) + payload;
}

inline std::string client_handshake(basp_node_id node) {
  return frame_of({basp_operation::client_handshake, basp_select_connection, 0, 0, 0},
                  std::string{node.view()});
}

inline std::string server_handshake(basp_node_id node, std::uint64_t actor,
                                    std::string_view application = "xylem",
                                    std::string_view signature = "caf::replies_to<a>::with<b>") {
  return frame_of({basp_operation::server_handshake, 0, basp_version, 0, 0},
                  std::string{node.view()} + '\x01' + short_text(application) + big(actor) + '\x01'
                      + short_text(signature));
}

/// No forwarding stack, and values whose types are written one after the other.
inline std::string content_of(std::string_view types, const std::string& values) {
  return std::string(3, '\0') + short_text("@<>" + std::string{types}) + values;
}

inline std::string message(std::uint64_t source, std::uint64_t destination, std::string_view type,
                           std::string_view text, std::uint64_t id = 0x1000'0000'0000'0000) {
  return frame_of({basp_operation::direct_message, 0, id, source, destination},
                  content_of("+" + std::string{type}, long_text(text)));
}

/// `code` of the category "exit", without a context.
inline std::string error_of(char code) {
  return code + big(std::uint64_t{0xF'ABDB'B900}) + std::string(2, '\0') + short_text("@<>");
}

inline std::string monitor_notice(basp_node_id from, basp_node_id to, std::uint64_t actor) {
  return frame_of({basp_operation::monitor_message, 0, 0, 0, actor},
                  std::string{from.view()}.append(to.view()));
}

inline std::string down_notice(basp_node_id from, basp_node_id to, std::uint64_t actor) {
  return frame_of({basp_operation::down_message, 0, 0, actor, 0},
                  std::string{from.view()}.append(to.view()) + error_of(5));
}

inline std::string heartbeat() {
  return header_of({basp_operation::heartbeat, 0, 0, 0, 0}, 0);
}

inline std::vector<char> as_output(const std::string& frames) {
  return {frames.begin(), frames.end()};
}

/// What CAF asks by itself after a handshake: (sys, get, "info").
inline std::string question_to(std::uint64_t name) {
  return frame_of(
      {basp_operation::direct_message, basp_named_receiver, 0x1000'0000'0000'0000, 6, name},
      content_of("+@atom+@atom+@str", big(std::uint64_t{0x3F'8FB8'0000})
                                          + big(std::uint64_t{0x3E'CAB9'0469})
                                          + short_text("info")));
}

inline constexpr std::uint64_t spawn_server_name = 0x03DD'D66F'3376'ADFB;
inline constexpr std::uint64_t config_server_name = 0xF374'CEBB'AC76'ADFB;

} // namespace xylem::testing
