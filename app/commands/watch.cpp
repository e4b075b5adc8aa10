#include "app/commands/watch.hpp"

#include "app/client/gateway_state.hpp"
#include "app/commands/event_text.hpp"
#include "protocol/event.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <ostream>
#include <random>

#include <poll.h>

namespace xylem {

namespace {

using client::error_kind;
using client::milliseconds;

/// How soon a signal that came between two waits is noticed.
constexpr milliseconds attention{250};

enum class show_end : std::uint8_t { stopped, output_broken };

class watcher {
public:
  watcher(const watch_arguments& arguments, std::vector<node_address> nodes, const console& io,
          const std::atomic<bool>& stop)
      : arguments_{arguments}, nodes_{std::move(nodes)}, io_{io}, stop_{stop} {}

  int run() {
    auto events = open();
    while (events) {
      auto ended = show(*events);
      if (ended)
        return *ended == show_end::stopped ? exit_codes::ok : exit_codes::failed;
      if (ended.error().kind == error_kind::protocol || arguments_.when_lost == after_loss::end)
        return report(io_, arguments_.client, ended.error());
      auto where = to_string(arguments_.client.gateway);
      io_.err << "the gateway on " << where << " went away (" << ended.error().text
              << "), trying again" << std::endl;
      events = reopen();
      if (events)
        io_.err << "the gateway on " << where << " is back; events in between are missing"
                << std::endl;
    }
    return stop_ ? exit_codes::ok : report(io_, arguments_.client, events.error());
  }

private:
  client::result<client::event_stream> open() const {
    auto gateway = connect_to(arguments_.client);
    if (!gateway)
      return gateway.error();
    return std::move(*gateway).watch();
  }

  /// Tries until it succeeds or `stop` is set; pauses grow, and differ between many watchers.
  client::result<client::event_stream> reopen() {
    for (auto pause = arguments_.first_retry; !stop_;
         pause = std::min(pause * 2, arguments_.longest_retry)) {
      std::uniform_int_distribution<milliseconds::rep> jitter{pause.count() / 2, pause.count()};
      poll(nullptr, 0, static_cast<int>(jitter(random_))); // ends early at a signal
      if (stop_)
        break;
      auto events = open();
      if (events || events.error().kind == error_kind::protocol)
        return events;
    }
    return client::error{error_kind::closed, "stopped"};
  }

  client::result<show_end> show(client::event_stream& events) {
    while (!stop_ && (arguments_.count == 0 || shown_ < arguments_.count)) {
      auto line = events.next(attention);
      if (!line)
        return line.error();
      if (!*line)
        continue;
      auto event = client::parse_event(**line);
      if (!event)
        return event.error();
      print(*event, **line);
      if (!io_.out)
        return show_end::output_broken;
    }
    return show_end::stopped;
  }

  void print(const client::gateway_event& event, const std::string& line) {
    auto is_gap = event.kind == "gap";
    if (!is_gap && !is_wanted(event))
      return;
    auto json = arguments_.client.format == output_format::json;
    io_.out << (json ? line : event_text(event)) << std::endl;
    shown_ += is_gap ? 0 : 1;
  }

  bool is_wanted(const client::gateway_event& event) const {
    const auto& kinds = arguments_.kinds;
    if (!kinds.empty() && std::ranges::find(kinds, event.kind) == kinds.end())
      return false;
    return nodes_.empty() || (event.node && std::ranges::find(nodes_, *event.node) != nodes_.end());
  }

  const watch_arguments& arguments_;
  std::vector<node_address> nodes_;
  const console& io_;
  const std::atomic<bool>& stop_;
  std::uint64_t shown_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

std::atomic<bool> interrupted = false; // set by a signal: lock-free, nothing else is touched

static_assert(std::atomic<bool>::is_always_lock_free);

void end_at_signals() {
  interrupted = false;
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  sigaction(SIGINT, &action, nullptr); // no SA_RESTART: the waits end early
  sigaction(SIGTERM, &action, nullptr);
}

std::vector<std::string> every_kind() {
  std::vector<std::string> names;
  for (auto kind = event_kind::reading; kind <= event_kind::gap;
       kind = static_cast<event_kind>(static_cast<int>(kind) + 1))
    if (kind != event_kind::node_heard) // never leaves the gateway
      names.emplace_back(to_string(kind));
  return names;
}

} // namespace

int run_watch(const watch_arguments& arguments, const console& io, const std::atomic<bool>& stop) {
  std::vector<node_address> nodes;
  for (const auto& word : arguments.nodes) {
    auto node = parse_node_address(word);
    if (!node)
      return report(io, arguments.client, {error_kind::invalid_request, word + " is no node"});
    nodes.push_back(*node);
  }
  return watcher{arguments, std::move(nodes), io, stop}.run();
}

void add_watch(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<watch_arguments>();
  auto* command = app.add_subcommand("watch", "Events of the mesh as they happen");
  add_client_options(*command, arguments->client);
  command->add_option("--kind", arguments->kinds, "Only events of these kinds, beside gaps")
      ->check(CLI::IsMember(every_kind()));
  command->add_option("--node", arguments->nodes, "Only events of these nodes, beside gaps");
  command->add_option("--count", arguments->count, "End after this many events")->type_name("N");
  auto reconnect = std::make_shared<bool>(true);
  command->add_flag("--reconnect,!--no-reconnect", *reconnect,
                    "When the gateway goes away, try again (default) or end");
  command->callback([arguments, reconnect, &exit_code] {
    arguments->when_lost = *reconnect ? after_loss::reconnect : after_loss::end;
    end_at_signals();
    exit_code = run_watch(*arguments, standard_console(), interrupted);
  });
}

} // namespace xylem
