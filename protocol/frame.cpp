#include "protocol/frame.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace xylem {

namespace {

constexpr bool is_special(std::byte byte) noexcept {
  return byte >= framing::escape;
}

constexpr std::size_t word_size = 8;

/// The number of bytes before the first one of the eight that is FA or above: such a byte has its
/// high bit set, and its low seven bits are at least 7A, so adding 6 carries into bit 7.
std::size_t plain_prefix(const std::byte* data) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  std::uint64_t word = 0;
  std::memcpy(&word, data, word_size);
  auto special = ((word & ones * 0x7F) + ones * 0x06) & word & ones * 0x80;
  if constexpr (std::endian::native == std::endian::little)
    return static_cast<std::size_t>(std::countr_zero(special)) / 8;
  else
    return static_cast<std::size_t>(std::countl_zero(special)) / 8;
}

/// The number of bytes before the first one that is FA or above.
std::size_t plain_run(bytes_view data) noexcept {
  std::size_t run = 0;
  while (run + word_size <= data.size()) {
    auto plain = plain_prefix(data.data() + run);
    run += plain;
    if (plain < word_size)
      return run;
  }
  while (run < data.size() && !is_special(data[run]))
    ++run;
  return run;
}

/// The number of bytes before the first one that is `limit` (FA or above) or more.
std::size_t run_below(std::byte limit, bytes_view data) noexcept {
  auto run = plain_run(data);
  while (run < data.size() && data[run] < limit)
    run += 1 + plain_run(data.subspan(run + 1));
  return run;
}

constexpr std::size_t index_of(reject_reason reason) noexcept {
  return static_cast<std::size_t>(reason);
}

} // namespace

void append_frame(bytes& out, bytes_view payload, framing format) {
  out.push_back(framing::start);
  while (!payload.empty()) {
    auto run = plain_run(payload);
    append(out, payload.first(run));
    payload = payload.subspan(run);
    for (; !payload.empty() && is_special(payload.front()); payload = payload.subspan(1)) {
      out.push_back(framing::escape);
      out.push_back(payload.front() ^ format.mask);
    }
  }
  out.push_back(framing::end);
}

std::string_view to_string(reject_reason reason) noexcept {
  switch (reason) {
    case reject_reason::truncated: return "truncated";
    case reject_reason::stray_end: return "stray_end";
    case reject_reason::bad_escape: return "bad_escape";
    case reject_reason::oversize: return "oversize";
    case reject_reason::empty: return "empty";
    case reject_reason::malformed: return "malformed";
  }
  return "unknown";
}

void frame_counters::reject_malformed(std::uint64_t count, std::uint64_t wire_bytes) noexcept {
  frames -= count;
  frame_bytes -= wire_bytes;
  rejects[index_of(reject_reason::malformed)] += count;
  rejected_bytes[index_of(reject_reason::malformed)] += wire_bytes;
}

void frame_counters::abandon_pending() noexcept {
  if (pending_bytes == 0)
    return;
  ++rejects[index_of(reject_reason::truncated)];
  rejected_bytes[index_of(reject_reason::truncated)] += std::exchange(pending_bytes, 0);
}

frame_counters& frame_counters::operator+=(const frame_counters& other) noexcept {
  bytes_read += other.bytes_read;
  frames += other.frames;
  frame_bytes += other.frame_bytes;
  console_bytes += other.console_bytes;
  pending_bytes += other.pending_bytes;
  for (std::size_t i = 0; i < reject_reasons; ++i) {
    rejects[i] += other.rejects[i];
    rejected_bytes[i] += other.rejected_bytes[i];
  }
  return *this;
}

frame_decoder::frame_decoder(framing format, std::size_t max_frame)
    : format_{format}, payload_(max_frame + word_size), max_frame_{max_frame} {}

void frame_decoder::feed(bytes_view chunk) noexcept {
  chunk_ = chunk;
  counters_.bytes_read += chunk.size();
}

std::variant<need_more, frame_view, console_view> frame_decoder::next() {
  while (!chunk_.empty()) {
    if (state_ == state::outside) {
      if (auto console = read_console())
        return *console;
    } else if (state_ == state::skipping) {
      skip_broken();
    } else if (auto frame = read_frame()) {
      return *frame;
    }
  }
  counters_.pending_bytes = open_bytes_;
  return need_more{};
}

std::optional<console_view> frame_decoder::read_console() noexcept {
  auto length = run_below(framing::end, chunk_);
  if (length > 0) {
    auto text = chunk_.first(length);
    counters_.console_bytes += length;
    chunk_ = chunk_.subspan(length);
    return console_view{text};
  }
  if (chunk_.front() == framing::start) {
    begin_frame();
  } else {
    consume(1);
    reject(reject_reason::stray_end);
  }
  return std::nullopt;
}

std::optional<frame_view> frame_decoder::read_frame() noexcept {
  while (!chunk_.empty()) {
    if (state_ == state::inside) {
      // A whole frame without escapes is handed out where it lies: nothing is copied.
      if (filled_ == 0) {
        auto run = plain_run(chunk_);
        if (run > 0 && run <= max_frame_ && run < chunk_.size() && chunk_[run] == framing::end) {
          auto payload = chunk_.first(run);
          consume(run + 1);
          return end_frame(payload);
        }
      }
      if (!store_run() || chunk_.empty())
        return std::nullopt;
    }
    auto byte = chunk_.front();
    if (byte == framing::start) {
      reject(reject_reason::truncated);
      begin_frame();
      continue;
    }
    consume(1);
    if (state_ == state::escaped) {
      if (!unescape(byte))
        return std::nullopt;
    } else if (byte == framing::escape) {
      state_ = state::escaped;
    } else if (byte == framing::end) {
      if (filled_ > 0)
        return end_frame(bytes_view{payload_}.first(filled_));
      reject(reject_reason::empty);
      return std::nullopt;
    } else {
      reject(reject_reason::bad_escape);
      state_ = state::skipping;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

void frame_decoder::skip_broken() noexcept {
  auto length = run_below(framing::end, chunk_);
  auto ends = length < chunk_.size();
  if (ends && chunk_[length] == framing::end)
    ++length;
  counters_.rejected_bytes[index_of(broken_by_)] += length;
  chunk_ = chunk_.subspan(length);
  if (ends)
    state_ = state::outside;
}

void frame_decoder::begin_frame() noexcept {
  filled_ = 0;
  consume(1);
  state_ = state::inside;
}

frame_view frame_decoder::end_frame(bytes_view payload) noexcept {
  ++counters_.frames;
  counters_.frame_bytes += open_bytes_;
  state_ = state::outside;
  return {payload, std::exchange(open_bytes_, 0)};
}

/// Takes the plain bytes at the front of the chunk; false when the frame is too long for them.
/// Copies a word before it looks for the first special byte in it: what was copied beyond that
/// byte is written over by the next store.
bool frame_decoder::store_run() noexcept {
  std::size_t run = 0;
  auto special = false;
  while (!special && run + word_size <= chunk_.size() && filled_ + run <= max_frame_) {
    std::memcpy(payload_.data() + filled_ + run, chunk_.data() + run, word_size);
    auto plain = plain_prefix(chunk_.data() + run);
    run += plain;
    special = plain < word_size;
  }
  while (!special && run < chunk_.size() && filled_ + run <= max_frame_) {
    special = is_special(chunk_[run]);
    if (!special) {
      payload_[filled_ + run] = chunk_[run];
      ++run;
    }
  }
  consume(run);
  filled_ += run;
  if (filled_ <= max_frame_)
    return true;
  reject(reject_reason::oversize);
  state_ = state::skipping;
  return false;
}

/// Stores the byte that was escaped; false when there is none such, and the frame is lost.
bool frame_decoder::unescape(std::byte masked) noexcept {
  auto original = masked ^ format_.mask;
  if (!is_special(original)) {
    reject(reject_reason::bad_escape);
    state_ = masked == framing::end ? state::outside : state::skipping;
    return false;
  }
  if (filled_ == max_frame_) {
    reject(reject_reason::oversize);
    state_ = state::skipping;
    return false;
  }
  payload_[filled_++] = original;
  state_ = state::inside;
  return true;
}

/// Gives up the open frame.
void frame_decoder::reject(reject_reason reason) noexcept {
  ++counters_.rejects[index_of(reason)];
  counters_.rejected_bytes[index_of(reason)] += std::exchange(open_bytes_, 0);
  broken_by_ = reason;
  state_ = state::outside;
}

void frame_decoder::consume(std::size_t count) noexcept {
  chunk_ = chunk_.subspan(count);
  open_bytes_ += count;
}

} // namespace xylem
