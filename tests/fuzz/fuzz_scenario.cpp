#include "app/sim/scenario.hpp"
#include "app/sim/simulated_root.hpp"

#include <cstdlib>

namespace {

using namespace xylem;

void require(bool holds) {
  if (!holds)
    std::abort();
}

/// Any text gives steps in bounds, or problems that a person can read.
std::vector<sim_step> read_steps(std::string_view text) {
  auto read = parse_scenario(text, "fuzz.toml");
  if (auto* problems = std::get_if<scenario_problems>(&read)) {
    require(!problems->empty());
    for (const auto& problem : *problems)
      require(!describe(problem, text).empty() && problem.message.size() < max_scenario);
    return {};
  }
  auto steps = std::get<std::vector<sim_step>>(read);
  for (const auto& step : steps)
    validate(step); // throws
  return steps;
}

root_options small_mesh(std::vector<sim_step> steps, bytes_view input) {
  root_options options;
  options.nodes = 50;
  options.rate = 20;
  options.steps = std::move(steps);
  // A thousand resets a second for an hour are in bounds, and too slow to fuzz.
  for (auto& step : options.steps)
    step.every = step.every == sim_time{} ? sim_time{} : step.every + step.duration + 500ms;
  if (!input.empty() && (input.back() & std::byte{1}) == std::byte{0})
    options.reader = reader_kind::immediate;
  return options;
}

/// Any bytes may come from the gateway, in any chunks; all that the root says stays in bounds.
void feed_root(std::vector<sim_step> steps, bytes_view input) {
  simulated_root root{small_mesh(std::move(steps), input)};
  sim_time now{};
  bytes out;
  constexpr std::size_t room = 64 * 1024;
  std::size_t said = 0;
  root.port_opened(now);
  for (int round = 0; round < 60; ++round) {
    now += 100ms;
    root.advance(now, out, room);
    auto taken = std::min<std::size_t>(input.size(), 64);
    root.receive(input.first(taken), now);
    input = input.subspan(taken);
    if (auto due = root.next_due())
      require(*due > now || taken > 0 || out.size() >= room);
    said += out.size();
    out.clear();
  }
  require(root.statistics().bytes == said);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto input = std::as_bytes(std::span{data, size});
  feed_root(read_steps(text_of(input)), input);
  return 0;
}
