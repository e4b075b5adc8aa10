#include "app/sim/line_faults.hpp"

#include "app/sim/boot_log.hpp"

namespace xylem {

namespace {

/// Longest run of noise before one frame.
constexpr std::size_t noise_size = 32;

auto offset(std::size_t position) {
  return static_cast<bytes::difference_type>(position);
}

} // namespace

void line_faults::apply(const sim_step& step, sim_time now) {
  quiet_ = false;
  auto& changed = faults_.at(static_cast<std::size_t>(step.action));
  if (step.probability == 0) {
    ++changed.armed;
    return;
  }
  changed.probability = step.probability;
  changed.until = step.duration == sim_time{} ? sim_time::max() : now + step.duration;
}

void line_faults::damage(bytes& out, std::size_t begin, sim_time now, counters& done) {
  if (quiet_)
    return;
  if (strikes(sim_action::garbage, now, done)) {
    auto size = out.size();
    insert_before(out, begin);
    begin += out.size() - size;
  }
  if (strikes(sim_action::log_inside, now, done))
    insert_log(out, begin, now);
  auto size = out.size() - begin;
  if (strikes(sim_action::flip, now, done))
    out[begin + random_.below(size)] ^= std::byte{1} << random_.below(8);
  if (strikes(sim_action::truncate, now, done))
    out.resize(begin + 1 + random_.below(size - 1));
}

void line_faults::append_garbage(bytes& out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    out.push_back(static_cast<std::byte>(random_.next() & 0xFF));
}

bool line_faults::strikes(sim_action action, sim_time now, counters& done) {
  auto& fault = faults_[static_cast<std::size_t>(action)];
  auto hit = now < fault.until && random_.chance(fault.probability);
  if (fault.armed > 0) {
    --fault.armed;
    hit = true;
  }
  done[static_cast<std::size_t>(action)] += hit ? 1 : 0;
  return hit;
}

void line_faults::insert_before(bytes& out, std::size_t begin) {
  scratch_.clear();
  append_garbage(scratch_, 1 + random_.below(noise_size));
  out.insert(out.begin() + offset(begin), scratch_.begin(), scratch_.end());
}

void line_faults::insert_log(bytes& out, std::size_t begin, sim_time now) {
  auto line = log_line(now, random_.next());
  auto inside = begin + 1 + random_.below(out.size() - begin - 1);
  auto text = view_of(line);
  out.insert(out.begin() + offset(inside), text.begin(), text.end());
}

} // namespace xylem
