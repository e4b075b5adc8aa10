#include "load.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/epoll_loop.hpp"
#include "tests/bench/field/shared/process_usage.hpp"
#include "tests/bench/field/shared/sockets.hpp"

#include <algorithm>

namespace xylem::bench {

namespace {

class load_run {
public:
  explicit load_run(const load_options& options)
      : options_{options}, plan_{address_of(options.server),
                                 options.use,
                                 options.use == connection_use::one_shot ? 1 : options.depth,
                                 options.rate / static_cast<double>(options.clients),
                                 make_exchanges(options.protocol, options.readings),
                                 options.protocol == asked_protocol::http,
                                 wall_ns() + to_ns(options.warm_up_s)} {
    for (std::uint32_t i = 0; i < options.clients; ++i)
      clients_.emplace_back(plan_, counts_, i);
    for (std::size_t i = 0; i < options.idle; ++i)
      idle_.push_back(connect_to(plan_.server));
  }

  boost::json::object run() {
    auto warm = usage_at(plan_.measured_from_ns);
    counts_.connects = 0;
    auto start_ns = wall_ns();
    auto end = usage_at(start_ns + to_ns(options_.duration_s));
    return report(seconds(start_ns, wall_ns()), end.cpu_s - warm.cpu_s, end.rss_bytes);
  }

private:
  /// Goes on until then.
  process_usage usage_at(std::uint64_t end_ns) {
    for (auto time_ns = wall_ns(); time_ns < end_ns; time_ns = wall_ns()) {
      step_those_due(time_ns);
      for (const auto& event : loop_.wait(patience(time_ns)))
        serve(event.data.u32, event.events);
    }
    return usage_of(options_.process);
  }

  /// Clients with a rate, and those without a connection.
  void step_those_due(std::uint64_t time_ns) {
    for (std::uint32_t i = 0; i < clients_.size(); ++i)
      if (clients_[i].descriptor() < 0 || (plan_.rate > 0 && clients_[i].due() <= time_ns))
        step(i, wall_ns());
  }

  std::chrono::nanoseconds patience(std::uint64_t time_ns) const {
    auto next_ns = time_ns + 10'000'000;
    for (const auto& client : clients_)
      if (plan_.rate > 0)
        next_ns = std::min(next_ns, std::max(client.due(), time_ns));
    return nanoseconds{static_cast<std::int64_t>(next_ns - time_ns)};
  }

  void serve(std::uint32_t number, std::uint32_t events) {
    auto& client = clients_[number];
    if ((events & EPOLLOUT) != 0)
      loop_.set_events(client.descriptor(), number, EPOLLIN | EPOLLRDHUP);
    if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0)
      client.read();
    step(number, wall_ns());
  }

  void step(std::uint32_t number, std::uint64_t time_ns) {
    auto& client = clients_[number];
    auto is_new = client.step(time_ns);
    auto events = EPOLLIN | EPOLLRDHUP | (client.waits_for_room() ? EPOLLOUT : 0U);
    if (is_new)
      loop_.add(client.descriptor(), number, events);
    else if (client.waits_for_room())
      loop_.set_events(client.descriptor(), number, events);
  }

  boost::json::object report(double time_s, double cpu_s, std::uint64_t rss_bytes) const {
    auto stuck = std::ranges::count_if(
        clients_, [time_ns = wall_ns()](const auto& client) { return client.is_stuck(time_ns); });
    auto replies = static_cast<double>(counts_.replies);
    return {{"tool", "load"},
            {"clients", options_.clients},
            {"depth", plan_.depth},
            {"seconds", time_s},
            {"replies", counts_.replies},
            {"rate", replies / time_s},
            {"latency_us", counts_.latency.to_json()},
            {"arrivals", plan_.rate > 0 && counts_.unstamped == 0 ? "kernel" : "clock"},
            {"unstamped", counts_.unstamped},
            {"server_cpu_s", cpu_s},
            {"server_cpu_us_per_request", replies > 0 ? cpu_s * 1e6 / replies : 0},
            {"server_rss_bytes", rss_bytes},
            {"connects", counts_.connects},
            {"wrong", counts_.wrong},
            {"closed", counts_.closed},
            {"refused", counts_.refused},
            {"stuck", stuck},
            {"errors",
             counts_.wrong + counts_.closed + counts_.refused + static_cast<std::uint64_t>(stuck)}};
  }

  const load_options& options_;
  load_plan plan_;
  load_counts counts_;
  std::vector<load_client> clients_;
  std::vector<file_descriptor> idle_;
  epoll_loop loop_;
};

} // namespace

boost::json::object run_load(const load_options& options) {
  raise_descriptor_limit();
  if (options.protocol == asked_protocol::redis)
    preload_redis(options.server, options.readings);
  return load_run{options}.run();
}

} // namespace xylem::bench
