#include "crowd.hpp"

#include "follower.hpp"

#include "actors/environment.hpp"
#include "actors/remote/mutual_tls.hpp"
#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/epoll_loop.hpp"
#include "tests/bench/field/shared/process_usage.hpp"
#include "tests/bench/field/shared/sockets.hpp"
#include "tests/bench/field/shared/stop_signal.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <map>

#include <unistd.h>

namespace xylem::bench {

namespace {

/// Of the gate (monitor §1), with some room: so many connect at once, then one after the other.
constexpr std::size_t at_once = 7;
constexpr auto between_connections = 550ms;

constexpr auto heartbeat_every = 4s;

/// What comes meanwhile wakes nobody: a gate does not pay for who wakes up on another machine.
constexpr auto nap = 1ms;

class crowd_run {
public:
  explicit crowd_run(const crowd_options& options) : options_{options} {
    auto gate = address_of(options.gateway);
    for (const auto& name : options.names) {
      if (followers_.size() >= at_once)
        std::this_thread::sleep_for(between_connections);
      auto number = static_cast<std::uint32_t>(followers_.size());
      followers_.push_back(
          std::make_unique<follower>(rules_of(name), gate, static_cast<char>('A' + number)));
      loop_.add(followers_.back()->socket(), number);
      read_all();
    }
  }

  boost::json::object run() {
    auto end = monotonic::now() + std::chrono::duration<double>{options_.duration_s};
    while (!is_stopped() && monotonic::now() < end && !is_complete()) {
      std::this_thread::sleep_for(nap);
      read_all();
    }
    return {{"tool", "crowd"},
            {"events", sum_.events},
            {"pages", sum_.pages},
            {"gaps", sum_.gaps},
            {"missing", missing()},
            {"losses", losses_},
            {"cpu_s", usage_of(getpid()).cpu_s}};
  }

private:
  std::uint64_t missing() const {
    std::uint64_t out = 0;
    for (const auto& one : followers_)
      out += options_.count - std::min<std::uint64_t>(one ? one->frames() : 0, options_.count);
    return out;
  }

  /// Who has lost its connection will not get the rest.
  bool is_complete() const {
    return options_.count > 0 && std::ranges::all_of(followers_, [this](const auto& one) {
             return !one || one->frames() >= options_.count;
           });
  }

  SSL_CTX* rules_of(const std::string& name) {
    auto& rules = rules_[name];
    if (!rules)
      rules = std::make_unique<mutual_tls>(tls_files{options_.pki + "/ca.pem",
                                                     options_.pki + "/" + name + ".pem",
                                                     options_.pki + "/" + name + ".key"},
                                           clock_);
    return rules->client().native_handle();
  }

  void read_all() {
    for (const auto& event : loop_.wait(0ms))
      if (auto& one = followers_[event.data.u32]; one && !one->read(sum_))
        lose(one);
    if (monotonic::now() < beat_at_)
      return;
    beat_at_ = monotonic::now() + heartbeat_every;
    for (auto& one : followers_)
      if (one && !one->beat())
        lose(one);
  }

  void lose(std::unique_ptr<follower>& who) {
    who.reset();
    ++losses_;
  }

  const crowd_options& options_;
  system_clock_source clock_;
  std::map<std::string, std::unique_ptr<mutual_tls>> rules_;
  std::vector<std::unique_ptr<follower>> followers_;
  epoll_loop loop_;
  monotonic::time_point beat_at_ = monotonic::now() + heartbeat_every;
  heard sum_;
  std::uint64_t losses_ = 0;
};

} // namespace

boost::json::object run_crowd(const crowd_options& options) {
  std::signal(SIGPIPE, SIG_IGN);
  remember_stop_signals();
  crowd_run run{options};
  std::cerr << "ready" << std::endl;
  return run.run();
}

} // namespace xylem::bench
