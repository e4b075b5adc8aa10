#include "protocol/saved_state.hpp"

namespace xylem {

namespace {

saved_series save(const reading_series& series) {
  saved_series out{.code = series.code};
  out.readings.reserve(series.ring.size());
  for (auto n = series.ring.size(); n > 0; --n)
    out.readings.push_back(series.ring.newest(n - 1));
  return out;
}

} // namespace

saved_node save(const node& subject) {
  saved_node out{.address = subject.address,
                 .uuid = subject.uuid,
                 .first_heard = subject.first_heard,
                 .last_heard = subject.last_heard,
                 .counters = subject.counters};
  out.series.reserve(subject.series.size());
  for (const auto& series : subject.series)
    out.series.push_back(save(series));
  return out;
}

saved_command save(const command_record& record) {
  return {.id = record.id,
          .what = record.what,
          .origin = record.origin,
          .state = record.state,
          .accepted = record.accepted.wall,
          .deadline = record.deadline.wall,
          .finished = record.finished,
          .reason = record.reason};
}

command_record restored(const saved_command& was, instant now, std::chrono::milliseconds ttl) {
  // A clock that was set meanwhile makes a command wait longer, but never beyond its time to live.
  auto waits = was.state == command_state::accepted;
  auto deadline = waits ? std::min(was.deadline, now.wall + ttl) : was.deadline;
  auto left = std::clamp(was.deadline - now.wall, std::chrono::milliseconds{0}, ttl);
  return {.id = was.id,
          .what = was.what,
          .origin = was.origin,
          .state = was.state,
          .accepted = {now.mono, was.accepted},
          .deadline = {now.mono + left, deadline},
          .finished = was.finished,
          .reason = was.reason};
}

} // namespace xylem
