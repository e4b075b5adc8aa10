#pragma once

#include "protocol/frame.hpp"

#include <string>

/// What travels on the UART and on the client socket, as tests write it down.
namespace xylem::testing {

/// The bytes of a hex text; blanks are skipped.
inline std::string hex(std::string_view text) {
  return std::string{text_of(from_hex(text).value())};
}

inline std::string big16(std::uint16_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

/// A frame on the wire (wire §1).
inline std::string framed(std::string_view payload) {
  bytes out;
  append_frame(out, view_of(payload));
  return std::string{text_of(out)};
}

/// A frame of a classic root: `node_addr(2) | type(3) | payload` (wire §2).
inline std::string root_frame(std::uint16_t node, std::string_view type,
                              std::string_view payload = {}) {
  return framed(big16(node) + std::string{type} + std::string{payload});
}

/// What the gateway asks a root at first.
inline const std::string network_info = framed("NINFO\n");

/// `F | length(1) | text` (wire §4).
inline std::string failed(std::string_view text) {
  return "F" + std::string(1, static_cast<char>(text.size())) + std::string{text};
}

inline std::string get_request(std::uint16_t node, std::string_view code = "T01") {
  return "[GET]" + big16(node) + std::string{code};
}

inline std::string send_request(std::uint16_t node, std::string_view message) {
  return "SEND-" + big16(node) + static_cast<char>(message.size()) + std::string{message};
}

/// The same on its way to the root (wire §3).
inline std::string send_frame(std::uint16_t node, std::string_view message) {
  return framed(send_request(node, message) + "\n");
}

} // namespace xylem::testing
