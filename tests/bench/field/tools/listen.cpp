#include "listen.hpp"

#include "deliveries.hpp"
#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/epoll_loop.hpp"
#include "tests/bench/field/shared/process_usage.hpp"
#include "tests/bench/field/shared/sockets.hpp"
#include "tests/bench/field/shared/stamped_receive.hpp"
#include "tests/bench/field/shared/stop_signal.hpp"

#include <iostream>
#include <stdexcept>

#include <sys/socket.h>

namespace xylem::bench {

namespace {

class listen_run {
public:
  explicit listen_run(const listen_options& options)
      : options_{options}, deliveries_{options.connections} {
    for (std::uint32_t i = 0; i < options.connections; ++i) {
      listeners_.push_back({open(i), {}});
      set_non_blocking(listeners_.back().socket.get());
      loop_.add(listeners_.back().socket.get(), i);
    }
    for (std::uint32_t i = 0; i < options.slow; ++i)
      slow_.push_back(open(options.connections + i));
  }

  boost::json::object run() {
    auto used = usage_of(options_.process);
    auto start_ns = now_ns();
    while (!is_over(start_ns))
      for (const auto& event : loop_.wait(10ms))
        read(event.data.u32);
    auto out = deliveries_.to_json(options_.count);
    out["tool"] = "listen";
    out["closed"] = closed_;
    out["arrivals"] = options_.kernel_arrivals && unstamped_ == 0 ? "kernel" : "clock";
    out["server_cpu_s"] = usage_of(options_.process).cpu_s - used.cpu_s;
    return out;
  }

private:
  struct listener {
    file_descriptor socket;
    marker_scanner scanner;
  };

  /// Blocking until it listens.
  file_descriptor open(std::uint32_t number) const {
    auto made = connect_when_listening(address_of(options_.server));
    auto [request, answer] = make_greeting(options_.protocol, number);
    send_all(made.get(), request);
    if (receive(made.get(), answer.size()) != answer)
      throw std::runtime_error{"listener " + std::to_string(number) + " is not greeted back"};
    send_all(made.get(), make_subscription(options_.protocol));
    if (options_.kernel_arrivals)
      ask_for_stamps(made.get());
    return made;
  }

  void read(std::uint32_t number) {
    auto& [socket, scanner] = listeners_[number];
    auto came = receive_stamped(socket.get(), room_);
    auto came_ns = now_ns() - (wall_ns() - came.came_ns);
    unstamped_ += !came.is_stamped;
    for (auto found : scanner.scan(came.data))
      deliveries_.add(number, found, came_ns);
    if (came.data.empty() && came.code != EAGAIN) {
      socket.close();
      ++closed_;
    }
  }

  bool is_over(std::uint64_t start_ns) const {
    auto time_ns = now_ns();
    auto expected = std::uint64_t{options_.count} * options_.connections;
    auto last_ns = deliveries_.last_ns();
    return is_stopped() || time_ns > start_ns + to_ns(options_.duration_s)
           || (expected > 0 && deliveries_.count() >= expected)
           || (last_ns > 0 && time_ns > last_ns + to_ns(options_.silence_s));
  }

  const listen_options& options_;
  deliveries deliveries_;
  std::vector<listener> listeners_;
  std::vector<file_descriptor> slow_;
  epoll_loop loop_;
  std::vector<char> room_ = std::vector<char>(262'144);
  std::uint64_t closed_ = 0;
  std::uint64_t unstamped_ = 0;
};

} // namespace

boost::json::object run_listen(const listen_options& options) {
  raise_descriptor_limit();
  remember_stop_signals();
  listen_run run{options};
  std::cerr << "ready" << std::endl;
  return run.run();
}

} // namespace xylem::bench
