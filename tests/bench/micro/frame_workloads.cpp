#include "protocol/frame.hpp"
#include "tests/bench/micro/workload.hpp"

#include <array>
#include <memory>
#include <stdexcept>

namespace xylem::bench {

namespace {

constexpr std::size_t pass_bytes = 1024 * 1024;
constexpr std::size_t chunk_bytes = 64 * 1024; // what a port reads at most

/// Payloads that make frames of `frame` bytes, escapes not counted.
struct payload_set {
  payload_set(std::size_t frame, std::size_t escape_percent) {
    fixed_random random;
    for (std::size_t total = 0; total < pass_bytes; total += frame) {
      auto& payload = payloads.emplace_back(frame - 2);
      for (auto& byte : payload)
        byte = static_cast<std::byte>(random.below(100) < escape_percent ? 0xFA + random.below(6)
                                                                        : random.below(0xFA));
    }
  }

  void encode(bytes& out) const {
    for (const auto& payload : payloads)
      append_frame(out, payload);
  }

  std::vector<bytes> payloads;
};

std::size_t decode(frame_decoder& decoder, bytes_view stream) {
  std::size_t frames = 0;
  while (!stream.empty()) {
    auto chunk = stream.first(std::min(stream.size(), chunk_bytes));
    stream = stream.subspan(chunk.size());
    decoder.feed(chunk);
    for (;;) {
      auto found = decoder.next();
      if (auto frame = std::get_if<frame_view>(&found)) {
        keep(frame->payload.data());
        ++frames;
      } else if (std::holds_alternative<need_more>(found)) {
        break;
      }
    }
  }
  return frames;
}

workload decoding(std::size_t frame, std::size_t escape_percent) {
  struct state {
    bytes stream{};
    frame_decoder decoder{};
  };
  auto all = std::make_shared<state>();
  payload_set set{frame, escape_percent};
  set.encode(all->stream);
  if (decode(all->decoder, all->stream) != set.payloads.size())
    throw std::logic_error{"not every frame was decoded"};
  return {[all] { keep(decode(all->decoder, all->stream)); }, set.payloads.size(),
          all->stream.size()};
}

workload encoding(std::size_t frame, std::size_t escape_percent) {
  struct state {
    payload_set set;
    bytes stream{};
  };
  auto all = std::make_shared<state>(payload_set{frame, escape_percent});
  all->set.encode(all->stream); // now it has its capacity
  auto operation = [all] {
    all->stream.clear();
    all->set.encode(all->stream);
    keep(all->stream.data());
  };
  return {operation, all->set.payloads.size(), all->stream.size()};
}

} // namespace

void add_frames(workload_table& table) {
  for (std::size_t frame : {22, 200, 1500})
    for (std::size_t escapes : {0, 2, 50}) {
      auto parameters = "/" + std::to_string(frame) + "/" + std::to_string(escapes);
      table.push_back({"frame_decode" + parameters, [=] { return decoding(frame, escapes); }});
      table.push_back({"frame_encode" + parameters, [=] { return encoding(frame, escapes); }});
    }
}

} // namespace xylem::bench
