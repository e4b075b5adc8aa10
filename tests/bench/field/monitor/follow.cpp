#include "follow.hpp"

#include "app/monitor/monitor_node.hpp"
#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/tools/deliveries.hpp"

#include <condition_variable>
#include <iostream>
#include <stop_token>

#include <sys/resource.h>

namespace xylem::bench {

namespace {

gateway_settings settings_of(const follow_options& options) {
  gateway_settings settings;
  settings.web.enabled = false;
  settings.log.level = log_level::warning;
  settings.monitor.authority = options.pki + "/ca.pem";
  settings.monitor.certificate = options.pki + "/" + options.name + ".pem";
  settings.monitor.key = options.pki + "/" + options.name + ".key";
  auto colon = options.gateway.rfind(':');
  auto port = static_cast<std::uint16_t>(std::stoul(options.gateway.substr(colon + 1)));
  settings.gateways.push_back({"", {options.gateway.substr(0, colon), port}});
  return settings;
}

double used_s() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

class follow_run {
public:
  explicit follow_run(const follow_options& options)
      : options_{options}, settings_{settings_of(options)}, log_{standard_log(settings_.log)},
        node_{settings_, log_} {
    node_.on_event([this](const followed_event& what) { count(what.what); });
    node_.on_progress([this](const gateway_progress&) { count_page(); });
    node_.on_change([this](const gateway_change& now) {
      losses_ += was_followed_ && !now.is_followed();
    });
  }

  boost::json::object run() {
    std::jthread limit{[this](const std::stop_token& done) { stop_late(done); }};
    node_.run();
    limit.request_stop();
    auto out = deliveries_.to_json(options_.count);
    out["tool"] = "follow";
    out["events"] = events_;
    out["gaps"] = gaps_;
    out["losses"] = losses_;
    out["events_per_page"] =
        pages_ == 0 ? 0 : static_cast<double>(events_) / static_cast<double>(pages_);
    out["cpu_s"] = used_s();
    return out;
  }

private:
  void count(const event& what) {
    auto came_ns = now_ns();
    ++events_;
    gaps_ += what.kind == event_kind::gap;
    if (what.kind != event_kind::message)
      return;
    auto bytes = what.data.view();
    std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    for (auto found : scanner_.scan(text))
      deliveries_.add(0, found, came_ns);
    if (options_.count > 0 && deliveries_.count() >= options_.count)
      node_.stop();
  }

  /// The first one tells where it begins.
  void count_page() {
    ++pages_;
    if (!std::exchange(was_followed_, true))
      std::cerr << "ready" << std::endl;
  }

  void stop_late(const std::stop_token& done) {
    std::mutex mutex;
    std::unique_lock lock{mutex};
    std::condition_variable_any never;
    never.wait_for(lock, done, std::chrono::duration<double>{options_.duration_s},
                   [] { return false; });
    if (!done.stop_requested())
      node_.stop();
  }

  const follow_options& options_;
  gateway_settings settings_;
  logger log_;
  monitor_node node_;
  deliveries deliveries_{1};
  marker_scanner scanner_;
  std::uint64_t events_ = 0;
  std::uint64_t pages_ = 0;
  std::uint64_t gaps_ = 0;
  std::uint64_t losses_ = 0;
  bool was_followed_ = false;
};

} // namespace

boost::json::object run_follow(const follow_options& options) {
  return follow_run{options}.run();
}

} // namespace xylem::bench
