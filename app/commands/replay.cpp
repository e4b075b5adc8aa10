#include "app/commands/replay.hpp"

#include "app/commands/client_options.hpp"
#include "app/config/configuration.hpp"
#include "app/replay/bundle_archive.hpp"
#include "app/replay/capture_outline.hpp"
#include "app/replay/event_comparison.hpp"
#include "app/replay/replay_run.hpp"
#include "app/replay/replay_source.hpp"
#include "protocol/snapshot.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <thread>

namespace xylem {

namespace {

using namespace std::chrono_literals;

/// With a speed, time is gone through in steps of this length, on the clock of who watches.
constexpr auto shown_step = 50ms;

constexpr auto slowest = 0.001;
constexpr auto fastest = 1e6;

/// The configuration that is given, else that of the bundle, else none. Variables of this process
/// are not applied: the same capture gives the same events everywhere.
std::variant<gateway_settings, configuration_problems, configuration_problem>
settings_of(const replay_options& options, const replay_source& capture, std::string& text) {
  configuration_source source;
  if (options.configuration) {
    auto gathered = gather_configuration(options.configuration, {});
    if (auto problem = std::get_if<configuration_problem>(&gathered))
      return *problem;
    source = std::get<configuration_source>(std::move(gathered));
    source.environment.clear();
  } else if (capture.configuration()) {
    source.file = "configuration.toml of the bundle";
    source.text = *capture.configuration();
  } else {
    return gateway_settings{};
  }
  text = source.text;
  auto loaded = load_configuration(source);
  if (auto settings = std::get_if<gateway_settings>(&loaded))
    return std::move(*settings);
  return std::get<configuration_problems>(std::move(loaded));
}

std::optional<gateway_settings> load(const replay_options& options, const replay_source& capture,
                                     std::ostream& err) {
  std::string text;
  auto loaded = settings_of(options, capture, text);
  if (auto settings = std::get_if<gateway_settings>(&loaded))
    return std::move(*settings);
  if (auto problem = std::get_if<configuration_problem>(&loaded))
    err << describe(*problem, {});
  else
    for (const auto& each : std::get<configuration_problems>(loaded))
      err << describe(each, text);
  return std::nullopt;
}

/// Where the events of a replay go.
class event_outputs {
public:
  event_outputs(const replay_options& options, std::ostream& standard) {
    if (options.expected) {
      expected_.emplace(*options.expected, std::ios::binary);
      if (!*expected_)
        throw replay_error{*options.expected + ": cannot be read"};
      comparison_.emplace(*expected_, *options.expected);
    }
    if (options.out && *options.out != "-") {
      file_.emplace(*options.out, std::ios::binary);
      if (!*file_)
        throw replay_error{*options.out + ": cannot be written"};
      out_ = &*file_;
    } else if (options.out || !options.expected) {
      out_ = &standard;
    }
  }

  void take(std::string_view line) {
    ++events_;
    if (out_)
      *out_ << line << '\n';
    if (comparison_)
      comparison_->take(line);
  }

  void flush() {
    if (out_ && !out_->flush())
      throw replay_error{"the events cannot be written"};
  }

  /// The first difference, if there is one.
  std::string finish() {
    flush();
    if (!comparison_)
      return {};
    comparison_->finish();
    return comparison_->difference();
  }

  std::uint64_t events() const noexcept { return events_; }

private:
  std::optional<std::ifstream> expected_;
  std::optional<event_comparison> comparison_;
  std::optional<std::ofstream> file_;
  std::ostream* out_ = nullptr;
  std::uint64_t events_ = 0;
};

/// Lets as much time pass here as passes until the packet, divided by the speed.
void keep_pace(replay_run& run, event_outputs& outputs, mono_time::duration until, double speed) {
  auto step = std::chrono::duration_cast<mono_time::duration>(shown_step * speed);
  while (run.elapsed() < until) {
    auto next = std::min(step, until - run.elapsed());
    std::this_thread::sleep_for(next / speed);
    run.advance(next);
    outputs.flush();
  }
}

/// Until the end of the capture.
void run_through(replay_run& run, pcap_reader capture, event_outputs& outputs,
                 std::optional<double> speed) {
  std::optional<mono_time> first;
  while (auto packet = capture.next()) {
    auto kind = packet->what.kind;
    auto is_traffic = kind != capture_kind::about_mesh && kind != capture_kind::lost;
    if (speed && is_traffic) {
      auto when = packet->what.when.mono;
      first = first.value_or(when);
      keep_pace(run, outputs, std::min<mono_time::duration>(when - *first, longest_replayed_gap),
                *speed);
    }
    run.feed(*packet);
  }
}

void write_state(const std::string& path, const saved_state& state) {
  auto content = encode_snapshot(state);
  std::ofstream file{path, std::ios::binary};
  file.write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  if (!file.flush())
    throw replay_error{path + ": cannot be written"};
}

void sum_up(const capture_outline& outline, const replay_run& run, std::uint64_t events,
            std::ostream& err) {
  auto span = std::chrono::floor<milliseconds>(run.elapsed()).count();
  auto tenths = std::to_string(span % 1000 / 100);
  err << outline.packets << " packets of " << outline.meshes.size()
      << (outline.meshes.size() == 1 ? " mesh, " : " meshes, ") << span / 1000 << '.' << tenths
      << " s: " << events << " events\n";
  if (outline.lost > 0)
    err << outline.lost << " records are missing in the capture\n";
}

int replay(const replay_options& options, std::ostream& out, std::ostream& err) {
  replay_source capture{options.capture};
  auto configured = load(options, capture, err);
  if (!configured)
    return options.configuration ? exit_codes::usage : exit_codes::failed;
  auto first_reading = capture.open();
  auto outline = outline_of(first_reading);
  event_outputs outputs{options, out};
  replay_run run{replay_settings(outline, std::move(*configured)),
                 {.event = [&](std::string_view line) { outputs.take(line); }}};
  run_through(run, capture.open(), outputs, options.speed);
  auto state = run.state(); // what was due at the end is told before
  auto difference = outputs.finish();
  if (options.state)
    write_state(*options.state, state);
  sum_up(outline, run, outputs.events(), err);
  err << difference;
  return difference.empty() ? exit_codes::ok : exit_codes::failed;
}

} // namespace

int run_replay(const replay_options& options, std::ostream& out, std::ostream& err) {
  try {
    return replay(options, out, err);
  } catch (const std::exception& error) {
    err << "xylem: " << error.what() << '\n';
    return exit_codes::failed;
  }
}

void add_replay(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<replay_options>();
  auto command = app.add_subcommand(
    "replay", "Run captured traffic through a gateway that has no port: the same events again");
  command->add_option("FILE", options->capture, "Capture, bundle, or - for standard input")
    ->type_name("FILE")
    ->required();
  command->add_option("--config", options->configuration, "Settings of the meshes, by name")
    ->type_name("FILE");
  command
    ->add_option_function<std::string>(
      "--speed",
      [options](const std::string& text) {
        double factor = 0;
        if (text == "max")
          options->speed.reset();
        else if (CLI::detail::lexical_cast(text, factor) && factor >= slowest && factor <= fastest)
          options->speed = factor;
        else
          throw CLI::ValidationError{"--speed", text + " is not max, nor a number from 0.001"};
      },
      "1: as it was; 10: ten times as fast; max [max]")
    ->type_name("NUMBER");
  command->add_option("--expect", options->expected, "Compare with these events; 1 if they differ")
    ->type_name("FILE");
  command->add_option("--out", options->out, "Where the events go, one JSON object a line")
    ->type_name("FILE");
  command->add_option("--state", options->state, "Write the state at the end, as a snapshot")
    ->type_name("FILE");
  command->callback(
    [options, &exit_code] { exit_code = run_replay(*options, std::cout, std::cerr); });
}

} // namespace xylem
