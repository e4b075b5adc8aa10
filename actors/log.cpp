#include "actors/log.hpp"

#include "actors/journal_sink.hpp"
#include "actors/log_repeats.hpp"
#include "actors/log_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <mutex>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xylem {

namespace {

spdlog::level::level_enum spdlog_level(log_level level) {
  switch (level) {
  case log_level::debug: return spdlog::level::debug;
  case log_level::info: return spdlog::level::info;
  case log_level::warning: return spdlog::level::warn;
  case log_level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// sd-daemon(3): LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR.
std::string_view journal_priority(log_level level) {
  switch (level) {
  case log_level::debug: return "<7>";
  case log_level::info: return "<6>";
  case log_level::warning: return "<4>";
  case log_level::error: return "<3>";
  }
  return "<3>";
}

/// systemd names the device and inode of its stream, because a child may inherit the variable
/// and have its standard error elsewhere (systemd.exec(5)).
bool journal_reads_stderr() {
  auto variable = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!variable || fstat(STDERR_FILENO, &status) != 0)
    return false;
  return std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino) == variable;
}

instant process_clock() {
  auto wall = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  return {std::chrono::steady_clock::now(), wall};
}

} // namespace

log_parts standard_log(const log_settings& settings) {
  std::shared_ptr<spdlog::sinks::sink> sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto is_read = journal_reads_stderr();
  if (is_read)
    sink = std::make_shared<journal_sink>(journal_socket, std::move(sink));
  return {settings, std::move(sink), process_clock, is_read};
}

/// Everything behind one mutex, so that lines stand in the order of their times.
struct logger::state {
  explicit state(log_parts what)
      : parts{std::move(what)}, journal{dynamic_cast<journal_sink*>(parts.sink.get())},
        out{"xylem", parts.sink} {
    out.set_level(spdlog::level::trace);
    out.set_pattern("%v");
    out.flush_on(spdlog::level::err);
  }

  void write(log_level level, std::string_view actor, std::string_view mesh,
             std::string_view message, log_fields fields);

  void put(const log_entry& entry) {
    auto is_json = parts.settings.format == log_format::json;
    auto text = is_json ? to_json_line(entry) : to_logfmt(entry);
    remember(text);
    if (journal && journal->write(entry, is_json ? text : to_message(entry)))
      return;
    if (parts.journal_priorities)
      text.insert(0, journal_priority(entry.level));
    out.log(spdlog_level(entry.level), text);
  }

  /// A line may be long: their bytes are bounded, too.
  void remember(const std::string& text) {
    recent_bytes += text.size();
    recent.push_back(text);
    while (recent.size() > limits::log_lines
           || (recent_bytes > limits::log_bytes && recent.size() > 1)) {
      recent_bytes -= recent.front().size();
      recent.pop_front();
    }
  }

  void put_repetitions(wall_time now, const std::vector<log_repetition>& repetitions) {
    for (const auto& [source, level, count] : repetitions) {
      log_field repeated{"repeated", count};
      put({now, level, source.actor, source.mesh, source.message, {&repeated, 1}});
    }
  }

  log_parts parts;
  journal_sink* journal; // the sink, when it takes entries whole
  spdlog::logger out;
  std::mutex mutex;
  log_repeats repeats;
  std::deque<std::string> recent{};
  std::size_t recent_bytes = 0;
};

logger::logger(log_parts parts)
    : least_{parts.settings.level}, state_{std::make_unique<state>(std::move(parts))} {}

logger::~logger() {
  state_->put_repetitions(state_->parts.clock().wall, state_->repeats.finish_all());
}

void logger::write(log_level level, std::string_view actor, std::string_view mesh,
                   std::string_view message, log_fields fields) {
  if (!enabled(level))
    return;
  std::lock_guard guard{state_->mutex};
  try {
    state_->write(level, actor, mesh, message, fields);
  } catch (const std::bad_alloc&) {
    // Whoever tells of an error goes on also when there is no memory for the line.
  }
}

void logger::state::write(log_level level, std::string_view actor, std::string_view mesh,
                          std::string_view message, log_fields fields) {
  auto now = parts.clock();
  put_repetitions(now.wall, repeats.finish(now.mono));
  log_source source{std::string{actor}, std::string{mesh}, std::string{message}};
  if (repeats.admit(now.mono, level, source))
    put({now.wall, level, actor, mesh, message, {fields.begin(), fields.size()}});
}

std::vector<std::string> logger::recent(std::size_t most) const {
  std::lock_guard guard{state_->mutex};
  const auto& all = state_->recent;
  auto count = static_cast<std::ptrdiff_t>(std::min(most, all.size()));
  return {all.end() - count, all.end()};
}

void logger::tell_repeats() {
  std::lock_guard guard{state_->mutex};
  auto now = state_->parts.clock();
  state_->put_repetitions(now.wall, state_->repeats.finish(now.mono));
}

} // namespace xylem
