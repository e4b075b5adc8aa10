#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xylem {

/// Counts who was refused, and tells each reason at once and then once a minute, however many come
/// (monitor §1). Reasons are few: they are names of ours.
class refusal_book {
public:
  static constexpr std::chrono::seconds period{60};

  /// A line for the log, if it is to be told now: `expired: the certificate of … (192.0.2.7:1234)`.
  std::optional<std::string> note(std::string_view reason, std::string_view text,
                                  std::string_view address, mono_time now);

  /// Lines for those that were counted only and whose minute is over.
  std::vector<std::string> tick(mono_time now);

  const std::map<std::string, std::uint64_t, std::less<>>& counts() const noexcept {
    return counts_;
  }

private:
  struct told {
    mono_time at{};
    std::uint64_t untold = 0;
    std::string last{}; // address of the last one
  };

  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::map<std::string, told, std::less<>> told_; // in the last period
};

} // namespace xylem
