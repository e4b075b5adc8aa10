#include "root.hpp"

#include "flood.hpp"
#include "unplugs.hpp"

#include "tests/bench/field/shared/clock.hpp"
#include "tests/bench/field/shared/gateway_probe.hpp"
#include "tests/bench/field/shared/process_usage.hpp"
#include "tests/bench/field/shared/root_frames.hpp"
#include "tests/bench/field/shared/stop_signal.hpp"

#include <iostream>
#include <stdexcept>

namespace xylem::bench {

namespace {

class root_run {
public:
  explicit root_run(const root_options& options) : options_{options}, port_{options.link} {
    if (!port_.await_open(20))
      throw std::runtime_error{"nobody opened " + port_.device()};
    std::this_thread::sleep_for(300ms); // who opens a port clears it first
    if (!options.gateway.empty())
      probe_.emplace(options.gateway, options.web);
  }

  boost::json::object run() {
    make_known();
    std::cerr << "ready" << std::endl;
    sleep_until_ns(now_ns() + to_ns(options_.settle_s));
    port_.drain();
    auto out = options_.traffic == root_traffic::unplugs
                   ? run_unplugs(port_, probe_.value(), options_.count)
                   : measure();
    out["tool"] = "root";
    while (options_.stays && !is_stopped()) {
      std::this_thread::sleep_for(100ms);
      port_.drain();
    }
    return out;
  }

private:
  std::vector<std::string> frames() const {
    std::vector<std::string> out;
    for (const auto& type : options_.types)
      for (std::uint16_t node = 1; node <= options_.nodes; ++node)
        out.push_back(update_frame(node, type, options_.value_size));
    return out;
  }

  void make_known() {
    auto all = frames();
    if (!probe_ || options_.readings == 0)
      return;
    flood(port_, all, {.count = all.size() * options_.readings});
    await_last();
  }

  /// When the gateway has handled all that was sent.
  std::uint64_t await_last() {
    if (!probe_)
      return now_ns();
    port_.write(message_frame(1, {now_ns(), last_number}, marker_size));
    auto came_ns = probe_->await(last_number, 60);
    if (!came_ns)
      throw std::runtime_error{"the last message did not come back"};
    return *came_ns;
  }

  boost::json::object measure() {
    if (options_.traffic == root_traffic::none)
      return {};
    auto known = probe_ ? probe_->counts() : gateway_counts{};
    auto used = usage_of(known.process);
    auto start_ns = now_ns();
    auto sent = send(start_ns);
    auto sent_ns = now_ns();
    auto end_ns = await_last();
    auto using_s = usage_of(known.process).cpu_s - used.cpu_s;
    auto frames = static_cast<double>(sent);
    boost::json::object out{{"frames", sent},
                            {"send_seconds", seconds(start_ns, sent_ns)},
                            {"seconds", seconds(start_ns, end_ns)},
                            {"rate", frames / seconds(start_ns, end_ns)},
                            {"server_cpu_s", using_s},
                            {"server_cpu_us_per_frame", sent == 0 ? 0 : using_s * 1e6 / frames}};
    if (probe_)
      compare(known, sent + 1, out);
    return out;
  }

  /// The gateway's own counts must tell the same.
  void compare(const gateway_counts& before, std::uint64_t sent, boost::json::object& out) const {
    auto after = probe_->counts();
    out["lost"] =
        static_cast<std::int64_t>(sent) - static_cast<std::int64_t>(after.frames - before.frames);
    out["rejected"] = after.rejects - before.rejects;
    out["nodes"] = after.nodes;
    out["readings"] = after.readings;
    out["evicted"] = after.evicted;
  }

  std::uint64_t send(std::uint64_t start_ns) {
    if (options_.traffic == root_traffic::updates && options_.rate <= 0)
      return flood(port_, frames(),
                   {.duration_s = options_.duration_s,
                    .count = options_.count,
                    .frames_per_write = options_.frames_per_write});
    auto updates = frames();
    auto end_ns = options_.duration_s > 0 ? start_ns + to_ns(options_.duration_s) : ~0ULL;
    std::uint32_t sent = 0;
    for (; options_.count == 0 || sent < options_.count; ++sent) {
      if (options_.rate > 0)
        sleep_until_ns(due_ns(start_ns, sent, options_.rate));
      if (is_stopped() || now_ns() >= end_ns)
        break;
      port_.drain();
      auto number = number_of_message(sent);
      if (!port_.write(number ? next_message(*number) : updates[sent % updates.size()]))
        break;
    }
    return sent;
  }

  /// Of the frame that is sent after `sent` others; nothing: it is an update.
  std::optional<std::uint32_t> number_of_message(std::uint32_t sent) const {
    auto every = static_cast<std::uint32_t>(options_.message_every);
    if (options_.traffic == root_traffic::messages)
      return sent;
    return every > 0 && sent % every == 0 ? std::optional{sent / every} : std::nullopt;
  }

  std::string next_message(std::uint32_t number) const {
    auto node = static_cast<std::uint16_t>(1 + number % options_.nodes);
    return message_frame(node, {now_ns(), number}, options_.message_size);
  }

  const root_options& options_;
  root_port port_;
  std::optional<gateway_probe> probe_;
};

} // namespace

std::optional<root_traffic> parse_root_traffic(const std::string& text) {
  if (text == "none")
    return root_traffic::none;
  if (text == "updates")
    return root_traffic::updates;
  if (text == "messages")
    return root_traffic::messages;
  if (text == "unplugs")
    return root_traffic::unplugs;
  return std::nullopt;
}

boost::json::object run_root(const root_options& options) {
  remember_stop_signals();
  return root_run{options}.run();
}

} // namespace xylem::bench
