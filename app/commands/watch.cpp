#include "app/commands/watch.hpp"

#include "app/client/gateway_state.hpp"
#include "app/client/http_problem.hpp"
#include "app/commands/event_text.hpp"
#include "app/commands/interruption.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <ostream>
#include <random>

#include <poll.h>

namespace xylem {

namespace {

using client::error_kind;
using std::chrono::milliseconds;

/// How soon a signal is noticed.
constexpr milliseconds attention{100};

enum class show_end : std::uint8_t { stopped, output_broken };

class watcher {
public:
  watcher(const watch_arguments& arguments, client::feed_request wanted, const console& io,
          const std::atomic<bool>& stop)
      : arguments_{arguments}, wanted_{std::move(wanted)}, io_{io}, stop_{stop} {}

  int run() {
    auto feed = client::event_feed::open(arguments_.client.gateway, wanted_);
    while (feed) {
      auto ended = show(*feed);
      if (ended)
        return *ended == show_end::stopped ? exit_codes::ok : exit_codes::failed;
      if (!client::is_temporary(ended.error()) || arguments_.when_lost == after_loss::end)
        return report_failure(io_, arguments_.client, ended.error());
      say("went away (" + ended.error().text + "), trying again");
      wanted_.from = feed->position();
      feed = reopen();
      if (feed)
        say("is back; going on after event " + std::to_string(wanted_.from->seq));
    }
    return stop_ ? exit_codes::ok : report_failure(io_, arguments_.client, feed.error());
  }

private:
  void say(const std::string& what) {
    io_.err << "the gateway on " << to_string(arguments_.client.gateway.url) << ' ' << what
            << std::endl;
  }

  /// Tries until it succeeds or `stop` is set; pauses grow, and differ between many watchers.
  client::result<client::event_feed> reopen() {
    for (auto pause = arguments_.first_retry; !stop_;
         pause = std::min(pause * 2, arguments_.longest_retry)) {
      std::uniform_int_distribution<milliseconds::rep> jitter{pause.count() / 2, pause.count()};
      poll(nullptr, 0, static_cast<int>(jitter(random_))); // ends early at a signal
      if (stop_)
        break;
      auto feed = client::event_feed::open(arguments_.client.gateway, wanted_);
      if (feed || !client::is_temporary(feed.error()))
        return feed;
    }
    return client::error{error_kind::closed, "stopped"};
  }

  client::result<show_end> show(client::event_feed& feed) {
    while (!stop_ && (arguments_.count == 0 || shown_ < arguments_.count)) {
      auto event = feed.next(attention);
      if (!event)
        return event.error();
      if (!*event)
        continue;
      print(**event);
      if (!io_.out)
        return show_end::output_broken;
    }
    return show_end::stopped;
  }

  void print(const boost::json::value& document) {
    auto event = client::parse_event(client::json_view{document});
    auto json = arguments_.client.format == output_format::json;
    io_.out << (json ? client::to_text(document) : event_text(event)) << std::endl;
    shown_ += event.kind == "gap" ? 0 : 1;
  }

  const watch_arguments& arguments_;
  client::feed_request wanted_;
  const console& io_;
  const std::atomic<bool>& stop_;
  std::uint64_t shown_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

std::vector<std::string> every_kind() {
  std::vector<std::string> names;
  for (auto kind = event_kind::reading; kind <= event_kind::gap;
       kind = static_cast<event_kind>(static_cast<int>(kind) + 1))
    if (kind != event_kind::node_heard) // never leaves the gateway
      names.emplace_back(to_string(kind));
  return names;
}

std::optional<cursor> parse_cursor(std::string_view text) {
  cursor made;
  const auto* end = text.data() + text.size();
  auto epoch = std::from_chars(text.data(), end, made.epoch);
  if (epoch.ec != std::errc{} || epoch.ptr == end || *epoch.ptr != ':')
    return std::nullopt;
  auto seq = std::from_chars(epoch.ptr + 1, end, made.seq);
  if (seq.ec != std::errc{} || seq.ptr != end)
    return std::nullopt;
  return made;
}

client::result<client::feed_request> request_of(const watch_arguments& arguments) {
  auto wanted = arguments.wanted;
  for (const auto& word : arguments.nodes) {
    auto node = parse_node_address(word);
    if (!node)
      return client::error{error_kind::invalid_request, word + " is no node"};
    wanted.nodes.push_back(*node);
  }
  if (!arguments.since.empty())
    wanted.from = parse_cursor(arguments.since);
  if (!arguments.since.empty() && !wanted.from)
    return client::error{error_kind::invalid_request,
                         arguments.since + " is no EPOCH:SEQ, as each event of --json has them"};
  return wanted;
}

void add_filter_options(CLI::App& command, watch_arguments& arguments) {
  auto& wanted = arguments.wanted;
  command.add_option("--kind", wanted.kinds, "Only events of these kinds, beside gaps")
      ->check(CLI::IsMember(every_kind()));
  command.add_option("--node", arguments.nodes, "Of what is about nodes, only about these");
  command.add_option("--type", wanted.types, "Of readings, only those of these types");
  command.add_option("--mesh", wanted.meshes, "Only events of these meshes")->type_name("NAME");
}

} // namespace

int run_watch(const watch_arguments& arguments, const console& io, const std::atomic<bool>& stop) {
  auto wanted = request_of(arguments);
  if (!wanted)
    return report_failure(io, arguments.client, wanted.error());
  return watcher{arguments, *std::move(wanted), io, stop}.run();
}

void add_watch(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<watch_arguments>();
  auto* command = app.add_subcommand("watch", "Events of the gateway as they happen");
  add_gateway_options(*command, arguments->client);
  add_filter_options(*command, *arguments);
  command->add_option("--count", arguments->count, "End after this many events")->type_name("N");
  command->add_option("--since", arguments->since, "Go on after this event")
      ->type_name("EPOCH:SEQ");
  auto reconnect = std::make_shared<bool>(true);
  command->add_flag("--reconnect,!--no-reconnect", *reconnect,
                    "When the gateway goes away, try again (default) or end");
  command->callback([arguments, reconnect, &exit_code] {
    arguments->when_lost = *reconnect ? after_loss::reconnect : after_loss::end;
    exit_code = run_watch(*arguments, standard_console(), end_at_signals());
  });
}

} // namespace xylem
