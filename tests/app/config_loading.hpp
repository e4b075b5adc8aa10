#pragma once

#include "app/config/configuration.hpp"

#include <doctest/doctest.h>

#include <string>

namespace xylem::test {

inline configuration_source file(std::string text) {
  return {"x.toml", std::move(text), {}, {}};
}

/// Fails the test when there are problems.
inline gateway_settings settings_of(const configuration_source& source) {
  auto loaded = load_configuration(source);
  if (auto problems = std::get_if<configuration_problems>(&loaded)) {
    for (const auto& problem : *problems)
      MESSAGE(describe(problem, source.text));
    FAIL("not a valid configuration");
  }
  return std::get<gateway_settings>(std::move(loaded));
}

inline configuration_problems problems_of(const configuration_source& source) {
  auto loaded = load_configuration(source);
  auto problems = std::get_if<configuration_problems>(&loaded);
  return problems ? *problems : configuration_problems{};
}

/// Fails the test when there is not exactly one.
inline configuration_problem only_problem(const configuration_source& source) {
  auto problems = problems_of(source);
  if (problems.size() != 1)
    for (const auto& problem : problems)
      MESSAGE(describe(problem, source.text));
  REQUIRE(problems.size() == 1);
  return problems.front();
}

inline bool mentions(const configuration_problem& problem, std::string_view text) {
  return problem.message.find(text) != std::string::npos;
}

} // namespace xylem::test
