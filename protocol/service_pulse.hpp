#pragma once

#include "protocol/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xylem {

/// Decides whether a service manager's watchdog is told that all is well: only while every critical
/// actor that runs has answered in time. A third of the watchdog's time is in time; the recorder has
/// longer, since its disk may hold it up, and a start anew makes no disk faster. Who has ended is no
/// matter of the watchdog: its supervisor starts it anew, or has parked it.
class service_pulse {
public:
  static constexpr std::chrono::minutes longest_disk_stall{5};

  explicit service_pulse(mono_time::duration watchdog) noexcept : period_{watchdog / 3} {}

  /// How often to judge, and then to ask.
  mono_time::duration period() const noexcept { return period_; }

  /// Without it the gateway does not do its work: `supervisor`, `event_hub`, `node_cache/field`. A
  /// uart is not: a port may block.
  static bool is_critical(std::string_view actor) noexcept;

  /// It runs from now on, perhaps anew: what was asked before is void.
  void started(const std::string& actor) { actors_[actor] = {}; }

  /// The number of the question that is put now; nothing: one is under way.
  std::optional<std::uint64_t> ask(const std::string& actor, mono_time now);

  /// What became of a question. The second one: nobody waits for its answer any more.
  void answered(const std::string& actor, std::uint64_t question);
  void timed_out(const std::string& actor, std::uint64_t question);
  void ended(const std::string& actor, std::uint64_t question);

  struct verdict {
    bool alive = true;
    /// To be logged, once until all answer again.
    std::vector<std::string> silent{};
    mono_time::duration longest{}; ///< of these, since it was asked
    bool answers_again = false;    ///< to be logged, too
  };

  verdict judge(mono_time now);

private:
  struct state {
    std::optional<mono_time> since{}; ///< when the first question was put that is not answered
    std::optional<std::uint64_t> question{};
  };

  state* find(const std::string& actor, std::uint64_t question);
  mono_time::duration patience_with(std::string_view actor) const noexcept;

  mono_time::duration period_;
  std::map<std::string, state> actors_;
  std::uint64_t questions_ = 0;
  bool is_late_ = false;
};

} // namespace xylem
