#include "deliveries.hpp"

#include "tests/bench/field/shared/clock.hpp"

#include <algorithm>

namespace xylem::bench {

void deliveries::add(std::uint32_t listener, marker what, std::uint64_t came_ns) {
  if (what.number == last_number)
    return;
  auto late_ns = came_ns - std::min(what.sent_ns, came_ns);
  each_.add(late_ns);
  first_sent_ns_ = first_sent_ns_ == 0 ? what.sent_ns : std::min(first_sent_ns_, what.sent_ns);
  last_ns_ = came_ns;
  auto& next = next_[listener];
  if (what.number < next) {
    ++disordered_;
    return;
  }
  skipped_ += what.number - next;
  next = what.number + 1;
  if (what.number >= reached_.size())
    reached_.resize(what.number + 1, 0);
  if (++reached_[what.number] == listeners_)
    last_one_.add(late_ns);
}

boost::json::object deliveries::to_json(std::uint32_t sent) const {
  auto time_s = count() == 0 ? 0 : seconds(first_sent_ns_, last_ns_);
  auto missed = skipped_;
  for (auto next : next_)
    missed += sent - std::min(next, sent);
  return {{"listeners", listeners_},
          {"deliveries", count()},
          {"seconds", time_s},
          {"rate", time_s > 0 ? static_cast<double>(count()) / time_s : 0},
          {"latency_us", each_.to_json()},
          {"last_one_us", last_one_.to_json()},
          {"missed", missed},
          {"disordered", disordered_}};
}

} // namespace xylem::bench
