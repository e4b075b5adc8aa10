#pragma once

#include "protocol/frame.hpp"

#include <utility>

namespace xylem {

struct naive_frame {
  bytes payload;
  std::size_t begin; ///< of its bytes in the stream
  std::size_t end;
};

struct naive_decoding {
  std::vector<naive_frame> frames;
  bytes console;
  frame_counters counters;
};

/// Wire §1 once more, in the fewest words: byte by byte and without chunks. What the decoder of
/// the gateway is compared with.
inline naive_decoding decode_naively(bytes_view stream, framing format, std::size_t max_frame) {
  enum { outside, inside, escaped, broken } state = outside;
  naive_decoding out;
  bytes payload;
  std::uint64_t open = 0;
  auto broken_by = std::size_t{0};
  auto reject = [&](reject_reason reason, auto next) {
    broken_by = static_cast<std::size_t>(reason);
    ++out.counters.rejects[broken_by];
    out.counters.rejected_bytes[broken_by] += std::exchange(open, 0);
    state = next;
  };
  for (std::size_t i = 0; i < stream.size(); ++i) {
    auto byte = stream[i];
    auto original = state == escaped ? byte ^ format.mask : byte;
    if (byte != std::byte{0xFF} && state == outside && byte != std::byte{0xFE}) {
      out.console.push_back(byte);
      continue;
    }
    if (byte != std::byte{0xFF} && state == broken) {
      ++out.counters.rejected_bytes[broken_by];
      state = byte == std::byte{0xFE} ? outside : broken;
      continue;
    }
    if (byte == std::byte{0xFF} && (state == inside || state == escaped))
      reject(reject_reason::truncated, inside);
    ++open;
    if (byte == std::byte{0xFF}) {
      payload.clear();
      state = inside;
    } else if (state == outside) {
      reject(reject_reason::stray_end, outside);
    } else if (state == inside && byte == std::byte{0xFE} && payload.empty()) {
      reject(reject_reason::empty, outside);
    } else if (state == inside && byte == std::byte{0xFE}) {
      out.frames.push_back({payload, i + 1 - open, i + 1});
      out.counters.frame_bytes += std::exchange(open, 0);
      state = outside;
    } else if (state == inside && byte == std::byte{0xFA}) {
      state = escaped;
    } else if ((original >= std::byte{0xFA}) != (state == escaped)) {
      reject(reject_reason::bad_escape, byte == std::byte{0xFE} ? outside : broken);
    } else if (payload.size() == max_frame) {
      reject(reject_reason::oversize, broken);
    } else {
      payload.push_back(original);
      state = inside;
    }
  }
  out.counters.bytes_read = stream.size();
  out.counters.frames = out.frames.size();
  out.counters.console_bytes = out.console.size();
  out.counters.pending_bytes = open;
  return out;
}

} // namespace xylem
