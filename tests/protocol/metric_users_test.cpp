// What reads the metrics: deploy/grafana.json and deploy/prometheus-rules.yml.
#include "metric_text.hpp"
#include "protocol/prometheus.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

using namespace xylem;
using namespace xylem::testing;

namespace {

namespace json = boost::json;

std::string text_of_file(const std::string& path) {
  std::ifstream file{std::string{XYLEM_SOURCE_DIR} + "/" + path};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  REQUIRE_FALSE(text.empty());
  return text;
}

/// Names of samples: a histogram has three.
std::set<std::string> known_names() {
  std::set<std::string> out;
  for (const auto& metric : metrics_in(prometheus_text(full_status())))
    for (const auto& sample : metric.samples)
      out.insert(sample.name);
  return out;
}

std::set<std::string> names_in(const std::string& text) {
  static const std::regex name{R"re(\b(xylem|process)_[a-z0-9_]+)re"};
  std::set<std::string> out;
  for (std::sregex_iterator each{text.begin(), text.end(), name}, end; each != end; ++each)
    out.insert(each->str());
  return out;
}

/// The members of that name, wherever they are.
void collect(const json::value& at, std::string_view name, std::vector<json::value>& into) {
  if (at.is_array())
    for (const auto& each : at.get_array())
      collect(each, name, into);
  if (!at.is_object())
    return;
  for (const auto& [key, member] : at.get_object()) {
    if (key == name)
      into.push_back(member);
    collect(member, name, into);
  }
}

std::vector<json::value> of_dashboard(std::string_view name) {
  std::vector<json::value> out;
  collect(json::parse(text_of_file("deploy/grafana.json")), name, out);
  return out;
}

} // namespace

TEST_CASE("every metric of the dashboard's expressions is one of the gateway") {
  auto known = known_names();
  auto expressions = of_dashboard("expr");
  REQUIRE(expressions.size() > 50);
  for (const auto& expression : expressions) {
    auto used = names_in(std::string{expression.as_string()});
    CHECK_FALSE(used.empty());
    for (const auto& name : used)
      CHECK_MESSAGE(known.contains(name), name);
  }
}

TEST_CASE("every metric that the alerts name is one of the gateway") {
  auto known = known_names();
  auto used = names_in(text_of_file("deploy/prometheus-rules.yml"));
  REQUIRE(used.size() >= 10);
  for (const auto& name : used)
    CHECK_MESSAGE(known.contains(name), name);
}

TEST_CASE("the panels of the dashboard have numbers of their own and do not overlap") {
  auto dashboard = json::parse(text_of_file("deploy/grafana.json"));
  std::set<std::int64_t> ids;
  std::set<std::pair<std::int64_t, std::int64_t>> taken;
  for (const auto& panel : dashboard.at("panels").as_array()) {
    CAPTURE(panel.at("title").as_string().c_str());
    CHECK(ids.insert(panel.at("id").as_int64()).second);
    const auto& place = panel.at("gridPos").as_object();
    auto at = [&](std::string_view name) { return place.at(name).as_int64(); };
    CHECK(at("x") + at("w") <= 24);
    for (auto x = at("x"); x < at("x") + at("w"); ++x)
      for (auto y = at("y"); y < at("y") + at("h"); ++y)
        CHECK(taken.insert({x, y}).second);
  }
}

TEST_CASE("the dashboard takes its data source and meshes from its variables") {
  std::vector<std::string> variables;
  auto dashboard = json::parse(text_of_file("deploy/grafana.json"));
  for (const auto& variable : dashboard.at("templating").at("list").as_array())
    variables.emplace_back(variable.at("name").as_string());
  CHECK(variables == std::vector<std::string>{"datasource", "mesh"});
  for (const auto& source : of_dashboard("datasource"))
    CHECK(source.at("uid") == "${datasource}");
}
