#include "protocol/console_text.hpp"

namespace xylem {

console_splitter::console_splitter(std::size_t lines_per_second) noexcept
    : rate_{lines_per_second} {}

std::vector<std::string> console_splitter::feed(bytes_view chunk, mono_time now) {
  std::vector<std::string> lines;
  for (auto c : text_of(chunk)) {
    // The end of a line also ends an escape sequence: one that never ends would swallow the log.
    if (c != '\n' && c != '\r') {
      take(c);
      continue;
    }
    state_ = state::text;
    if (end_of_line(now))
      lines.push_back(line_);
    line_.clear();
    is_cut_ = false;
  }
  return lines;
}

void console_splitter::take(char c) {
  constexpr auto escape = '\x1b', bell = '\a';
  switch (state_) {
  case state::text: c == escape ? void(state_ = state::escape) : add_text(c); return;
  case state::escape:
    if (c == '[')
      state_ = state::control;
    else if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')
      state_ = state::string;
    else if (c != escape && (c < ' ' || c > '/'))
      state_ = state::text;
    return;
  case state::control:
    if (c == escape)
      state_ = state::escape;
    else if (c >= '@' && c <= '~')
      state_ = state::text;
    return;
  case state::string:
    if (c == escape)
      state_ = state::string_escape;
    else if (c == bell)
      state_ = state::text;
    return;
  case state::string_escape: state_ = c == '\\' ? state::text : state::string; return;
  }
}

void console_splitter::add_text(char c) {
  if (is_cut_ || c == '\0')
    return;
  auto shown = c == '\t' ? std::string{" "} : escaped_text(view_of({&c, 1}));
  if (line_.size() + shown.size() > limits::console_line)
    is_cut_ = true;
  else
    line_ += shown;
}

bool console_splitter::end_of_line(mono_time now) {
  if (line_.empty())
    return false;
  ++counters_.lines;
  counters_.cut += is_cut_ ? 1 : 0;
  if (may_pass(now))
    return true;
  ++counters_.suppressed;
  return false;
}

bool console_splitter::may_pass(mono_time now) {
  if (passed_.size() < rate_) {
    passed_.push_back(now);
    return true;
  }
  if (rate_ == 0 || now - passed_[next_] < std::chrono::seconds{1})
    return false;
  passed_[next_] = now;
  next_ = (next_ + 1) % rate_;
  return true;
}

} // namespace xylem
