#include "metric_text.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace xylem::testing {

namespace {

constexpr std::string_view help_mark = "# HELP ";
constexpr std::string_view type_mark = "# TYPE ";

/// What is before the first blank, and what is after it.
std::pair<std::string, std::string> cut(std::string_view line) {
  auto blank = std::min(line.find(' '), line.size());
  return {std::string{line.substr(0, blank)},
          std::string{line.substr(std::min(blank + 1, line.size()))}};
}

metric_sample parse_sample(std::string_view line) {
  auto blank = line.rfind(' ');
  REQUIRE(blank != std::string_view::npos);
  auto series = line.substr(0, blank);
  auto brace = std::min(series.find('{'), series.size());
  metric_sample out{std::string{series.substr(0, brace)}, "", std::string{line.substr(blank + 1)}};
  if (brace < series.size()) {
    REQUIRE(series.ends_with('}'));
    out.labels = series.substr(brace + 1, series.size() - brace - 2);
  }
  return out;
}

} // namespace

boost::json::object full_status() {
  std::ifstream file{XYLEM_SOURCE_DIR "/tests/data/status.json"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  return boost::json::parse(text).as_object();
}

std::vector<metric> metrics_in(std::string_view text) {
  std::vector<metric> out;
  std::istringstream in{std::string{text}};
  for (std::string line; std::getline(in, line);) {
    CAPTURE(line);
    if (line.starts_with(help_mark)) {
      auto [name, help] = cut(std::string_view{line}.substr(help_mark.size()));
      out.push_back({name, help});
    } else if (line.starts_with(type_mark)) {
      auto [name, type] = cut(std::string_view{line}.substr(type_mark.size()));
      REQUIRE(!out.empty());
      REQUIRE(out.back().name == name);
      out.back().type = type;
    } else {
      REQUIRE(!out.empty());
      out.back().samples.push_back(parse_sample(line));
    }
  }
  return out;
}

std::string value_of(std::string_view text, std::string_view series) {
  for (const auto& each : metrics_in(text))
    for (const auto& sample : each.samples)
      if (sample.series() == series)
        return sample.value;
  return "";
}

} // namespace xylem::testing
