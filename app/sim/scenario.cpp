#include "app/sim/scenario.hpp"

#include "app/config/quantity.hpp"
#include "protocol/bytes.hpp"

#include <algorithm>
#include <fstream>
#include <limits>

#include <toml++/toml.h>

namespace xylem {

namespace {

/// Sets one field of a step; false when the value is not what the key expects.
using step_setter = bool (*)(const toml::node&, sim_step&);

struct step_key {
  std::string_view name;
  std::string_view expected;
  step_setter set;
};

template <sim_time sim_step::*Field>
bool set_time(const toml::node& node, sim_step& step) {
  std::optional<milliseconds> time;
  if (const auto* text = node.as_string())
    time = parse_milliseconds(text->get());
  else if (auto seconds = node.value<double>(); seconds && node.is_number())
    time = milliseconds_of_seconds(*seconds);
  if (!time)
    return false;
  step.*Field = *time;
  return true;
}

template <class Number, Number sim_step::*Field>
bool set_count(const toml::node& node, sim_step& step) {
  const auto* number = node.as_integer();
  if (!number || number->get() < 1 || number->get() > std::numeric_limits<std::uint32_t>::max())
    return false;
  step.*Field = static_cast<Number>(number->get());
  return true;
}

bool set_action(const toml::node& node, sim_step& step) {
  const auto* text = node.as_string();
  auto action = text ? parse_sim_action(text->get()) : std::nullopt;
  step.action = action.value_or(step.action);
  return action.has_value();
}

bool set_probability(const toml::node& node, sim_step& step) {
  if (!node.is_number())
    return false;
  step.probability = node.value<double>().value_or(0);
  return step.probability > 0 && step.probability <= 1;
}

constexpr std::string_view a_time = "a time such as \"500ms\" or \"3s\"";

constexpr std::array<step_key, 7> step_keys{{
    {"do", "one of the actions", set_action},
    {"at", a_time, set_time<&sim_step::at>},
    {"every", a_time, set_time<&sim_step::every>},
    {"times", "a number of times, from 1", set_count<std::uint32_t, &sim_step::times>},
    {"for", a_time, set_time<&sim_step::duration>},
    {"probability", "a number above 0, up to 1", set_probability},
    {"bytes", "a number of bytes, from 1", set_count<std::size_t, &sim_step::bytes>},
}};

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const auto& key : step_keys)
    names.emplace_back(key.name);
  return names;
}

std::vector<std::string> action_names() {
  auto names = sim_action_names();
  return {names.begin(), names.end()};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Collects the steps and problems of one document.
class scenario_reader {
public:
  explicit scenario_reader(std::string_view file) : file_{file} {}

  void read(const toml::table& document) {
    for (const auto& [key, node] : document)
      if (key.str() == "step")
        read_steps(node);
      else
        report(key.source(), key.str(), "unknown key, a scenario is made of [[step]]",
               closest(key.str(), std::vector<std::string>{"step"}));
  }

  void report(const toml::source_region& where, std::string_view key, std::string message,
              std::string suggestion = {}) {
    problems.push_back({file_, where.begin.line, where.begin.column, std::string{key},
                        std::move(message), std::move(suggestion)});
  }

  std::vector<sim_step> steps;
  scenario_problems problems;

private:
  void read_steps(const toml::node& node) {
    const auto* array = node.as_array();
    if (!array)
      return report(node.source(), "step", "expected [[step]], in double brackets");
    if (array->size() > max_sim_steps)
      return report(node.source(), "step", "at most 256 steps");
    for (const auto& element : *array)
      if (const auto* table = element.as_table())
        read_step(*table);
      else
        report(element.source(), "step", "expected a table");
  }

  void read_step(const toml::table& table) {
    sim_step step;
    auto problems_before = problems.size();
    for (const auto& [key, node] : table)
      read_value(key, node, step);
    if (!table.contains("do"))
      report(table.source(), "do", "missing, one of: " + joined(action_names()));
    if (problems.size() > problems_before)
      return;
    try {
      validate(step);
      steps.push_back(step);
    } catch (const std::invalid_argument& error) {
      report(table.source(), "step", error.what());
    }
  }

  void read_value(const toml::key& key, const toml::node& node, sim_step& step) {
    const auto* found = std::ranges::find(step_keys, key.str(), &step_key::name);
    if (found == step_keys.end())
      return report(key.source(), key.str(), "unknown key", closest(key.str(), key_names()));
    if (found->set(node, step))
      return;
    const auto* word = node.as_string();
    if (found->name == "do" && word)
      return report(node.source(), "do",
                    in_quotes(word->get()) + " is none of: " + joined(action_names()),
                    closest(word->get(), action_names()));
    report(node.source(), key.str(), "expected " + std::string{found->expected});
  }

  std::string file_;
};

} // namespace

std::variant<std::vector<sim_step>, scenario_problems> parse_scenario(std::string_view text,
                                                                      std::string_view file) {
  scenario_reader reader{file};
  if (text.size() > max_scenario) {
    reader.report({}, {}, "longer than 64 KiB");
    return reader.problems;
  }
  try {
    reader.read(toml::parse(text));
  } catch (const toml::parse_error& error) {
    reader.report(error.source(), {}, "not TOML: " + escaped_text(view_of(error.description())));
  }
  if (reader.problems.empty())
    return reader.steps;
  std::ranges::stable_sort(reader.problems, {}, &configuration_problem::line);
  return reader.problems;
}

std::variant<std::vector<sim_step>, scenario_problems> load_scenario(const std::string& file) {
  std::ifstream input{file, std::ios::binary};
  std::string text(max_scenario + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  if (!input.is_open() || input.bad())
    return scenario_problems{{file, 0, 0, {}, "cannot be read", {}}};
  return parse_scenario(text, file);
}

} // namespace xylem
