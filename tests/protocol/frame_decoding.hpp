#pragma once

#include "protocol/frame.hpp"

#include <algorithm>
#include <numeric>

namespace xylem {

/// One thing that the decoder found. Runs of console text that follow each other are one.
struct found_item {
  enum kind { frame, console } what;
  bytes content;

  bool operator==(const found_item&) const = default;
};

struct decoding {
  std::vector<found_item> items;
  frame_counters counters;

  bool operator==(const decoding&) const = default;

  std::vector<bytes> frames() const {
    std::vector<bytes> out;
    for (const auto& item : items)
      if (item.what == found_item::frame)
        out.push_back(item.content);
    return out;
  }

  bytes console() const {
    bytes out;
    for (const auto& item : items)
      if (item.what == found_item::console)
        append(out, item.content);
    return out;
  }
};

struct decoder_setup {
  framing format{};
  std::size_t max_frame = limits::max_frame;
};

/// Every byte that was read is in exactly one of the sums.
inline bool sums_agree(const frame_counters& sums) {
  auto rejected =
      std::accumulate(sums.rejected_bytes.begin(), sums.rejected_bytes.end(), std::uint64_t{0});
  return sums.bytes_read == sums.frame_bytes + sums.console_bytes + rejected + sums.pending_bytes;
}

/// Takes everything out of `decoder` that the chunk gives. The chunk is a copy of its own, so
/// that a sanitizer sees every byte that is read beyond it or after it.
inline void decode_chunk(frame_decoder& decoder, bytes_view chunk, decoding& out) {
  auto copy = copy_of(chunk);
  decoder.feed(copy);
  for (;;) {
    auto next = decoder.next();
    if (auto frame = std::get_if<frame_view>(&next)) {
      out.items.push_back({found_item::frame, copy_of(frame->payload)});
    } else if (auto console = std::get_if<console_view>(&next)) {
      if (out.items.empty() || out.items.back().what != found_item::console)
        out.items.push_back({found_item::console, {}});
      append(out.items.back().content, console->text);
    } else {
      out.counters = decoder.counters();
      return;
    }
  }
}

/// Decodes `stream` in chunks; `next_size()` says how large each is, 0 counts as 1.
template <class NextSize>
decoding decode_chunks(bytes_view stream, const decoder_setup& setup, NextSize next_size) {
  frame_decoder decoder{setup.format, setup.max_frame};
  decoding out;
  while (!stream.empty()) {
    auto size = std::clamp<std::size_t>(next_size(), 1, stream.size());
    decode_chunk(decoder, stream.first(size), out);
    stream = stream.subspan(size);
  }
  return out;
}

inline decoding decode_whole(bytes_view stream, const decoder_setup& setup = {}) {
  return decode_chunks(stream, setup, [&] { return stream.size(); });
}

} // namespace xylem
