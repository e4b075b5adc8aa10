#include "app/commands/monitor_outputs.hpp"

#include <ostream>

namespace xylem {

namespace {

/// False when it says nothing new of the gateway itself: then one of its meshes has changed.
bool is_news(std::map<std::size_t, std::string>& states, const gateway_change& what) {
  auto state = std::string{what.gateway} + ' ' + std::string{to_string(what.state)} + ' '
               + std::string{what.reason};
  auto& was = states[what.position];
  return std::exchange(was, state) != state;
}

} // namespace

instant system_now() {
  return system_clock_source{}.now();
}

line_output::line_output(std::ostream& out, output_format format, monitor_filter filter,
                         std::function<void()> broken, instant_clock clock)
    : out_{out}, format_{format}, filter_{std::move(filter)}, broken_{std::move(broken)},
      clock_{std::move(clock)} {}

void line_output::event(const followed_event& which) {
  if (!filter_.matches(which))
    return;
  if (format_ == output_format::json)
    out_ << json_line(which);
  else
    out_ << text_line(which) << '\n';
}

void line_output::change(const gateway_change& what) {
  if (format_ != output_format::json || !is_news(states_, what))
    return; // people read it in the log
  out_ << json_line(what, clock_().wall);
  check();
}

void line_output::progress(const gateway_progress&) {
  check();
}

void line_output::check() {
  if (!out_.flush() && broken_)
    std::exchange(broken_, nullptr)();
}

std::string line_output::finish() {
  return out_.flush() ? "" : "nobody takes the output any more";
}

file_output::file_output(const std::string& path, monitor_filter filter, actor_log log,
                         instant_clock clock)
    : file_{path}, filter_{std::move(filter)}, log_{std::move(log)}, clock_{std::move(clock)} {}

void file_output::event(const followed_event& which) {
  if (!filter_.matches(which))
    return;
  std::lock_guard guard{lock_};
  file_.add(which.gateway, which.reached, json_line(which));
}

void file_output::change(const gateway_change& what) {
  std::lock_guard guard{lock_};
  if (is_news(states_, what))
    file_.add(json_line(what, clock_().wall));
}

void file_output::progress(const gateway_progress& how) {
  std::lock_guard guard{lock_};
  try {
    file_.progress(how.gateway, how.reached, clock_());
  } catch (const std::runtime_error&) {
    tell_problem();
    throw; // it comes again
  }
  tell_problem();
}

void file_output::tick() {
  std::lock_guard guard{lock_};
  file_.tick(clock_());
  tell_problem();
}

std::string file_output::finish() {
  std::lock_guard guard{lock_};
  return file_.finish(clock_()) ? "" : file_.problem();
}

std::map<std::string, cursor> file_output::positions() const {
  std::lock_guard guard{lock_};
  return file_.positions();
}

/// Once when it begins, and once when it is over.
void file_output::tell_problem() {
  const auto& now = file_.problem();
  if (now == told_problem_)
    return;
  told_problem_ = now;
  if (now.empty())
    log_.info("the file is written again");
  else
    log_.error("the file cannot be written; tried again", {{"reason", now}});
}

} // namespace xylem
