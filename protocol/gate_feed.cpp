#include "protocol/gate_feed.hpp"

namespace xylem {

namespace {

/// How many of the events fit, at least one.
std::size_t count_that_fits(const std::vector<event>& events) {
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (; count < std::min(events.size(), monitor_limits::page_events); ++count) {
    bytes += encoded_size(events[count]);
    if (bytes > monitor_limits::page_bytes && count > 0)
      break;
  }
  return count;
}

} // namespace

event_page page_for_gate(replay_page found) {
  event_page page{.gap = std::move(found.gap),
                  .events = std::move(found.events),
                  .reached = found.reached,
                  .newest = found.newest};
  auto count = count_that_fits(page.events);
  if (count == page.events.size())
    return page;
  page.events.resize(count);
  page.reached.seq = page.events.back().seq;
  return page;
}

void gate_feed::follow(const gate_follow& what) {
  position_ = what.from;
  credit_ = std::min(what.pages, most_pages);
  told_epoch_.reset();
  state_ = state::due;
  ++serial_;
}

void gate_feed::more(std::uint32_t pages) noexcept {
  credit_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{credit_} + pages,
                                                               most_pages));
}

void gate_feed::ask_again() noexcept {
  if (state_ == state::failed)
    state_ = state::due;
}

void gate_feed::hub_changed() noexcept {
  ++serial_;
  under_way_.reset();
  if (state_ != state::idle)
    state_ = state::due;
}

std::optional<gate_feed::question> gate_feed::next() {
  if (state_ != state::due || credit_ == 0 || under_way_)
    return std::nullopt;
  state_ = state::asked;
  auto may_wait = told_epoch_.has_value();
  ++serial_;
  if (!may_wait)
    under_way_ = serial_;
  return question{serial_,
                  {.from = position_, .max_events = monitor_limits::page_events},
                  may_wait};
}

void gate_feed::came_back(std::uint64_t serial) noexcept {
  if (under_way_ == serial)
    under_way_.reset();
}

std::optional<event_page> gate_feed::take(std::uint64_t serial, replay_page found) {
  came_back(serial);
  if (state_ != state::asked || serial != serial_)
    return std::nullopt;
  auto page = page_for_gate(std::move(found));
  state_ = state::due;
  position_ = page.reached;
  if (!page.gap && page.events.empty() && told_epoch_ == page.reached.epoch)
    return std::nullopt;
  told_epoch_ = page.reached.epoch;
  --credit_;
  sent_ += page.events.size();
  return page;
}

bool gate_feed::failed(std::uint64_t serial) noexcept {
  came_back(serial);
  if (state_ != state::asked || serial != serial_)
    return false;
  state_ = state::failed;
  return true;
}

} // namespace xylem
