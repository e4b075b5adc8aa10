#pragma once

#include "actors/settings.hpp"
#include "protocol/time.hpp"

#include <atomic>
#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spdlog::sinks {
class sink;
}

namespace xylem {

/// One `key=value` of a log line. The value is a view: it lives as long as the call that logs.
/// Bytes are told by their number; only a debug line shows them (as hex).
class log_field {
public:
  using content = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool,
                               milliseconds, bytes_view>;

  log_field(std::string_view key, std::string_view value) : key_{key}, value_{value} {}
  log_field(std::string_view key, const char* value) : key_{key}, value_{std::string_view{value}} {}
  log_field(std::string_view key, bytes_view value) : key_{key}, value_{value} {}
  log_field(std::string_view key, milliseconds value) : key_{key}, value_{value} {}
  log_field(std::string_view key, std::same_as<bool> auto value) : key_{key}, value_{value} {}
  log_field(std::string_view key, std::floating_point auto value)
      : key_{key}, value_{static_cast<double>(value)} {}
  log_field(std::string_view key, std::signed_integral auto value)
      : key_{key}, value_{static_cast<std::int64_t>(value)} {}
  log_field(std::string_view key,
            std::unsigned_integral auto value) requires(!std::same_as<decltype(value), bool>)
      : key_{key}, value_{static_cast<std::uint64_t>(value)} {}

  std::string_view key() const noexcept { return key_; }
  const content& value() const noexcept { return value_; }

private:
  std::string_view key_;
  content value_;
};

using log_fields = std::initializer_list<log_field>;

/// What a log is made of; every part but the settings can be replaced in a test.
struct log_parts {
  log_settings settings;
  std::shared_ptr<spdlog::sinks::sink> sink;
  std::function<instant()> clock;
  bool journal_priorities = false; ///< each line begins with `<6>` and the like (sd-daemon(3))
};

/// Standard error, the clocks of this process, priorities when systemd's journal reads.
log_parts standard_log(const log_settings& settings);

/// Writes one line an entry, as logfmt or JSON; no value can break a line. Thread-safe.
/// A message that an actor repeats more than 5 times in 10 s is left out (log_repeats.hpp); how
/// often is told by a line with `repeated=N` once that time is over.
class logger {
public:
  explicit logger(log_parts parts);
  ~logger(); ///< tells what was left out

  logger(const logger&) = delete;
  logger& operator=(const logger&) = delete;

  bool enabled(log_level level) const noexcept { return level >= least(); }

  /// The least that is written. It may change at any time.
  log_level least() const noexcept { return least_.load(std::memory_order_relaxed); }
  void set_least(log_level level) noexcept { least_.store(level, std::memory_order_relaxed); }

  /// `mesh` may be empty. `message` is a literal: what varies goes into fields.
  void write(log_level level, std::string_view actor, std::string_view mesh,
             std::string_view message, log_fields fields = {});

  /// Tells what was left out and is over; every write does so, too.
  void tell_repeats();

  /// The newest lines that were written, oldest first.
  std::vector<std::string> recent(std::size_t most) const;

private:
  struct state;

  std::atomic<log_level> least_;
  std::unique_ptr<state> state_;
};

/// How one actor logs. Copyable; the logger outlives it.
class actor_log {
public:
  actor_log(logger& target, std::string_view actor, std::string_view mesh = {})
      : target_{&target}, actor_{actor}, mesh_{mesh} {}

  void debug(std::string_view message, log_fields fields = {}) const {
    write(log_level::debug, message, fields);
  }
  void info(std::string_view message, log_fields fields = {}) const {
    write(log_level::info, message, fields);
  }
  void warning(std::string_view message, log_fields fields = {}) const {
    write(log_level::warning, message, fields);
  }
  void error(std::string_view message, log_fields fields = {}) const {
    write(log_level::error, message, fields);
  }

private:
  void write(log_level level, std::string_view message, log_fields fields) const {
    if (target_->enabled(level))
      target_->write(level, actor_, mesh_, message, fields);
  }

  logger* target_;
  std::string actor_;
  std::string mesh_;
};

} // namespace xylem
