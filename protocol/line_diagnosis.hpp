#pragma once

#include "protocol/finding.hpp"
#include "protocol/frame.hpp"

#include <vector>

namespace xylem {

/// What was read from a line at one rate.
struct line_sample {
  std::uint32_t baud = 0;
  bytes data{};
};

/// How much of a sample makes sense as one dialect at one rate. Every byte from the first
/// delimiter on is in one of the sums.
struct line_score {
  std::uint32_t baud = 0;
  std::string_view dialect{}; ///< of wire §5, also one that Xylem does not speak
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;
  std::uint64_t understood = 0;       ///< frames of a kind that the dialect has, of right lengths
  std::uint64_t understood_bytes = 0; ///< on the wire
  std::uint64_t text_bytes = 0;       ///< outside of frames, printable: what a root prints
  std::uint64_t noise_bytes = 0;      ///< broken frames, and what is not printable
  std::uint64_t other_bytes = 0;      ///< whole frames of unknown kinds, and the one still open

  double understood_share() const noexcept;
  double noise_share() const noexcept;
};

/// Every dialect of wire §5.
std::span<const std::string_view> known_dialects() noexcept;

line_score score_line(const line_sample& sample, std::string_view dialect);

/// The rates that roots are set to, the most frequent first.
std::span<const std::uint32_t> usual_rates() noexcept;

/// Listening longer would not change what is said of this rate.
bool is_enough(const line_sample& sample);

/// This rate is the right one: none other need be tried.
bool is_convincing(const line_sample& sample);

enum class line_verdict : std::uint8_t {
  silent,        ///< nothing came
  good,          ///< the dialect is spoken at the rate that is configured
  other_rate,    ///< it is at another
  other_dialect, ///< another dialect is, at any rate
  text_only,     ///< the root prints, and sends no frames
  unreadable,    ///< bytes come, and no rate and dialect fit
};

struct line_diagnosis {
  line_verdict verdict = line_verdict::silent;
  line_score configured{}; ///< as it is configured
  line_score best{};
  double confidence = 0; ///< in `best`: 0 to 1
};

/// The first sample is the one at the rate that is configured.
line_diagnosis diagnose_line(std::span<const line_sample> samples, std::string_view dialect);

} // namespace xylem
