#include "protocol/line_diagnosis.hpp"

#include "protocol/dialect.hpp"

#include <algorithm>
#include <array>

namespace xylem {

namespace {

/// As many understood frames are no accident: noise makes one in some thousand bytes.
constexpr std::uint64_t convincing_frames = 3;
constexpr std::uint64_t enough_frames = 6;

/// Of noise; more says no more.
constexpr std::size_t enough_bytes = 2048;

constexpr double convincing_share = 0.5;

constexpr std::array<std::string_view, 3> dialects{"classic", "compact", "compact-ff"};
constexpr std::array<std::uint32_t, 10> rates{115'200, 921'600, 460'800, 230'400,   57'600,
                                              38'400,  19'200,  9'600,   1'500'000, 2'000'000};

framing framing_of(std::string_view dialect) {
  return {dialect == "compact-ff" ? std::byte{0xFF} : std::byte{0xFA}};
}

/// The first byte that can be believed: who listens from the middle of a frame on hears its rest.
bytes_view from_first_delimiter(bytes_view data) {
  auto found = std::ranges::find_if(
      data, [](std::byte b) { return b == framing::start || b == framing::end; });
  if (found == data.end())
    return data;
  auto skipped = static_cast<std::size_t>(found - data.begin());
  return data.subspan(*found == framing::end ? skipped + 1 : skipped);
}

bool is_shown(std::byte b) noexcept {
  auto c = std::to_integer<unsigned>(b);
  return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t' || c == 0x1B;
}

/// wire §2; a kind that the wire does not name is no proof of anything.
bool is_classic(bytes_view payload, root_message& room) {
  static const auto spoken = make_dialect("classic");
  static const data_type_registry types;
  spoken->parse_root(payload, types, room);
  return room.kind != root_message_kind::malformed
         && (room.kind != root_message_kind::message || room.code == type_code{"[M]"});
}

/// wire §5: `addr(2) opcode(1) …`, as far as lengths are known.
bool is_compact(bytes_view payload, bool has_tables) {
  constexpr std::size_t head = 3;
  if (payload.size() < head)
    return false;
  auto rest = payload.subspan(head);
  auto count = rest.empty() ? std::size_t{0} : std::to_integer<std::size_t>(rest[0]);
  switch (std::to_integer<unsigned char>(payload[2])) {
  case 0x01: return !rest.empty();
  case 0x02: return rest.size() >= 16;
  case 0x03: return true;
  case 'D': return count > 0 && rest.size() >= 1 + 2 * count;
  case 'R':
  case 'E':
  case 'A':
  case 'T':
  case 'S': return true;
  case 0x04: return has_tables && !rest.empty() && rest.size() == 1 + 4 * count;
  case 0x05: return has_tables && rest.size() == 16;
  default: return false;
  }
}

bool is_understood(bytes_view payload, std::string_view dialect, root_message& room) {
  return dialect == "classic" ? is_classic(payload, room)
                              : is_compact(payload, dialect == "compact-ff");
}

double share(std::uint64_t part, std::uint64_t whole) noexcept {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool is_convincing_score(const line_score& score) noexcept {
  return score.understood >= convincing_frames && score.understood_share() >= convincing_share;
}

} // namespace

double line_score::understood_share() const noexcept {
  return share(understood_bytes + text_bytes, bytes - std::min(bytes, other_bytes / 2));
}

double line_score::noise_share() const noexcept {
  return share(noise_bytes, bytes);
}

std::span<const std::string_view> known_dialects() noexcept {
  return dialects;
}

std::span<const std::uint32_t> usual_rates() noexcept {
  return rates;
}

line_score score_line(const line_sample& sample, std::string_view dialect) {
  line_score out{.baud = sample.baud, .dialect = dialect};
  auto heard = from_first_delimiter(sample.data);
  out.bytes = heard.size();
  frame_decoder decoder{framing_of(dialect)};
  decoder.feed(heard);
  root_message room;
  for (auto next = decoder.next(); !std::holds_alternative<need_more>(next);
       next = decoder.next()) {
    if (auto* frame = std::get_if<frame_view>(&next)) {
      ++out.frames;
      auto makes_sense = is_understood(frame->payload, dialect, room);
      out.understood += makes_sense ? 1 : 0;
      (makes_sense ? out.understood_bytes : out.other_bytes) += frame->wire_size;
    } else {
      auto text = std::get<console_view>(next).text;
      auto printable = static_cast<std::uint64_t>(std::ranges::count_if(text, is_shown));
      out.text_bytes += printable;
      out.noise_bytes += text.size() - printable;
    }
  }
  for (auto rejected : decoder.counters().rejected_bytes)
    out.noise_bytes += rejected;
  out.other_bytes += decoder.counters().pending_bytes;
  return out;
}

bool is_enough(const line_sample& sample) {
  return sample.data.size() >= enough_bytes
         || std::ranges::any_of(dialects, [&](std::string_view dialect) {
              auto score = score_line(sample, dialect);
              return score.understood >= enough_frames && is_convincing_score(score);
            });
}

bool is_convincing(const line_sample& sample) {
  return std::ranges::any_of(dialects, [&](std::string_view dialect) {
    return is_convincing_score(score_line(sample, dialect));
  });
}

namespace {

/// Among equals the earlier one: the configured rate and dialect come first.
bool is_better(const line_score& left, const line_score& right) {
  auto proof = [](const line_score& score) {
    return std::pair{is_convincing_score(score),
                     score.understood_share() * (score.understood > 0 ? 1 : 0)};
  };
  return proof(left) > proof(right);
}

line_verdict verdict_of(const line_diagnosis& found, std::string_view dialect) {
  const auto& here = found.configured;
  if (here.bytes == 0 && found.best.bytes == 0)
    return line_verdict::silent;
  if (found.best.understood >= convincing_frames && is_convincing_score(found.best)) {
    if (found.best.dialect != dialect)
      return line_verdict::other_dialect;
    return found.best.baud != here.baud ? line_verdict::other_rate : line_verdict::good;
  }
  if (here.understood > 0 && here.understood_bytes + here.text_bytes > here.noise_bytes)
    return line_verdict::good;
  auto is_text = here.text_bytes > 0 && here.text_bytes >= 9 * (here.bytes - here.text_bytes);
  return is_text ? line_verdict::text_only : line_verdict::unreadable;
}

} // namespace

line_diagnosis diagnose_line(std::span<const line_sample> samples, std::string_view dialect) {
  line_diagnosis out;
  if (samples.empty())
    return out;
  out.configured = out.best = score_line(samples.front(), dialect);
  for (const auto& sample : samples)
    for (auto candidate : dialects)
      if (auto score = score_line(sample, candidate); is_better(score, out.best))
        out.best = score;
  auto frames = static_cast<double>(out.best.understood);
  out.confidence = out.best.understood_share() * frames / (frames + 1);
  out.verdict = verdict_of(out, dialect);
  return out;
}

} // namespace xylem
