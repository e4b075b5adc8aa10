#include "app/sim/sim_runner.hpp"

#include "app/sim/line_rate.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>

namespace xylem {

namespace {

using steady = std::chrono::steady_clock;

/// What the root may make at once; the port takes about as much.
constexpr std::size_t chunk = 16 * 1024;

/// A terminal does not tell when it is opened: one has to look.
constexpr auto open_check = 2ms;

/// A wait for less costs more than it is worth.
constexpr auto shortest_wait = 50us;

constexpr auto longest_wait = 1h;

/// What was written is lost if we leave before it was read.
constexpr auto linger = 1s;

timespec to_timespec(std::chrono::nanoseconds time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {seconds.count(), (time - seconds).count()};
}

} // namespace

sim_runner::sim_runner(sim_options options)
    : rate_{options.root.baud}, root_{std::move(options.root)}, duration_{options.duration}, port_{std::move(options.link)},
      stop_event_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!stop_event_)
    throw std::system_error{errno, std::generic_category(), "eventfd"};
}

void sim_runner::run() {
  started_ = steady::now();
  while (!is_over(steady::now())) {
    if (powered_up_)
      exchange(steady::now());
    follow_condition(steady::now());
    follow_listener(steady::now());
    wait();
  }
}

void sim_runner::stop() noexcept {
  auto saved = errno;
  std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(stop_event_.get(), &one, sizeof one);
  errno = saved;
}

sim_statistics sim_runner::statistics() const {
  auto statistics = root_.statistics();
  statistics.reopen_times = reopen_times_;
  return statistics;
}

bool sim_runner::is_over(mono_time now) {
  if (!finished_ && root_.finished() && !is_blocked())
    finished_ = now;
  return stopped_ || (duration_ && now - started_ >= *duration_)
         || (finished_ && now - *finished_ >= linger);
}

void sim_runner::follow_condition(mono_time now) {
  auto wanted = root_.condition() != port_condition::detached;
  if (wanted == port_.is_plugged())
    return;
  if (wanted) {
    port_.plug();
    plugged_in_again_ = now;
    return;
  }
  port_.unplug();
  plugged_in_again_.reset();
  open_ = false;
  out_.clear();
  written_ = 0;
}

void sim_runner::follow_listener(mono_time now) {
  auto opened = port_.is_open();
  if (opened == open_)
    return;
  open_ = opened;
  if (!opened) {
    root_.port_closed(since_power_up(now));
    out_.clear();
    written_ = 0;
    return port_.renew();
  }
  if (!powered_up_)
    powered_up_ = now;
  if (plugged_in_again_ && reopen_times_.size() < max_reopen_times)
    reopen_times_.push_back(now - *plugged_in_again_);
  plugged_in_again_.reset();
  root_.port_opened(since_power_up(now));
}

void sim_runner::exchange(mono_time now) {
  auto time = since_power_up(now);
  auto attached = root_.condition() == port_condition::attached;
  std::array<std::byte, 4096> buffer;
  auto heard_rate = heard_rate_of(port_.rate());
  if (open_ && attached)
    if (auto received = port_.read(buffer); !received.empty())
      root_.receive(heard_at(received, heard_rate, rate_), time);
  auto begin = out_.size();
  root_.advance(time, out_, is_blocked() ? 0 : chunk);
  if (heard_rate != rate_ && out_.size() > begin) {
    auto heard = heard_at(bytes_view{out_}.subspan(begin), rate_, heard_rate);
    out_.resize(begin);
    append(out_, heard);
  }
  if (open_ && root_.condition() == port_condition::attached)
    write_out();
}

/// Without a rate of its own, or of the port, the root is understood at any.
std::uint32_t sim_runner::heard_rate_of(std::optional<std::uint32_t> port) const noexcept {
  return rate_ == 0 ? 0 : port.value_or(rate_);
}

void sim_runner::write_out() {
  while (is_blocked()) {
    auto count = port_.write(bytes_view{out_}.subspan(written_));
    if (count == 0)
      return;
    written_ += count;
  }
  out_.clear();
  written_ = 0;
}

void sim_runner::wait() {
  auto now = steady::now();
  auto left = std::max<std::chrono::nanoseconds>(wake_at(now) - now, 0ns);
  // A closed port would wake us at once, again and again; so would a stalled root's.
  auto watched = open_ && root_.condition() == port_condition::attached;
  auto events = static_cast<short>(is_blocked() ? POLLIN | POLLOUT : POLLIN);
  std::array<pollfd, 2> polled{
      {{stop_event_.get(), POLLIN, 0}, {watched ? port_.descriptor() : -1, events, 0}}};
  auto timeout = to_timespec(left);
  if (ppoll(polled.data(), polled.size(), &timeout, nullptr) < 0 && errno != EINTR)
    throw std::system_error{errno, std::generic_category(), "poll"};
  stopped_ = (polled[0].revents & POLLIN) != 0;
}

mono_time sim_runner::wake_at(mono_time now) const {
  auto wake = now + longest_wait;
  if (!open_ && port_.is_plugged())
    wake = now + open_check;
  if (powered_up_)
    if (auto due = is_blocked() ? root_.next_interruption() : root_.next_due())
      wake = std::min(wake, *powered_up_ + *due);
  if (wake > now)
    wake = std::max(wake, now + shortest_wait);
  if (duration_)
    wake = std::min(wake, started_ + *duration_);
  if (finished_)
    wake = std::min(wake, *finished_ + linger);
  return wake;
}

} // namespace xylem
