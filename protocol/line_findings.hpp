#pragma once

#include "protocol/line_diagnosis.hpp"

/// What is said of a line that was listened to.
namespace xylem {

struct listened_line {
  std::string mesh;
  std::string port;
  std::string dialect;  ///< that is configured
  bool has_rate = true; ///< false: tcp://, whose rate is set elsewhere
  std::vector<line_sample> samples{};
  std::int64_t seconds = 0; ///< how long at one rate, at most
  bool booted = false;      ///< the root began with its boot log
};

/// Commands that change one key of the configuration; empty: there is no such command.
struct line_edits {
  std::string baud{};
  std::string modem{};
};

/// The lines of a boot log that every ESP32 begins with.
bool looks_like_boot(bytes_view data) noexcept;

/// `line_silent`, `line_baud`, `line_dialect`, `line_noise`, `modem_lines`, in this order; those
/// that cannot be told are not there.
std::vector<finding> judge_line(const listened_line& line, const line_diagnosis& found,
                                const line_edits& edits);

} // namespace xylem
