// The OpenAPI document is about what this gateway understands.
#include "protocol/web_request.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

using namespace xylem;

namespace json = boost::json;

namespace {

json::object read_document() {
  std::ifstream file{XYLEM_SOURCE_DIR "/app/web/openapi.json", std::ios::binary};
  return json::parse(std::string{std::istreambuf_iterator<char>{file}, {}}).as_object();
}

const json::object document = read_document();

/// What a `$ref` stands for.
const json::object& resolve(const json::value& what) {
  auto reference = what.as_object().if_contains("$ref");
  if (reference == nullptr)
    return what.as_object();
  static const json::value whole = document;
  return whole.at_pointer(std::string_view{reference->as_string()}.substr(1)).as_object();
}

std::string text_of(const json::value& example) {
  return example.is_string() ? std::string{example.as_string()} : json::serialize(example);
}

/// An operation, and a target that its examples make.
struct operation {
  std::string path;
  std::string method;
  const json::object& what;

  std::vector<std::pair<std::string, std::string>> parameters(std::string_view in) const {
    std::vector<std::pair<std::string, std::string>> out;
    if (auto all = what.if_contains("parameters"))
      for (const auto& each : all->as_array())
        if (const auto& one = resolve(each); one.at("in").as_string() == in)
          out.emplace_back(std::string{one.at("name").as_string()}, text_of(one.at("example")));
    return out;
  }

  std::string target() const {
    auto out = path;
    for (const auto& [name, example] : parameters("path"))
      out.replace(out.find("{" + name + "}"), name.size() + 2, example);
    return out;
  }
};

std::string upper_case(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::vector<operation> operations() {
  std::vector<operation> out;
  for (const auto& [path, methods] : document.at("paths").as_object())
    for (const auto& [name, what] : methods.as_object())
      out.push_back({path, upper_case(name), what.as_object()});
  return out;
}

web_route route_of(const operation& which) {
  auto call = parse_web_request(which.method, which.target());
  REQUIRE(std::holds_alternative<web_call>(call));
  return std::get<web_call>(call).route;
}

} // namespace

TEST_CASE("the OpenAPI document has the version of the project") {
  CHECK(document.at("info").at("version") == XYLEM_VERSION);
}

TEST_CASE("the OpenAPI document describes each route once, with an example that is understood") {
  std::set<web_route> routes;
  for (const auto& each : operations()) {
    INFO(each.path);
    CHECK(routes.insert(route_of(each)).second);
  }
  for (auto route = web_route::asset; route <= web_route::subscribers;
       route = static_cast<web_route>(static_cast<int>(route) + 1)) {
    INFO(to_string(route));
    CHECK(routes.contains(route));
  }
}

TEST_CASE("the OpenAPI document has exactly the parameters that each route takes") {
  constexpr std::array<std::string_view, 7> all{"status", "max_age", "from", "to",
                                                "limit",  "cursor",  "step"};
  for (const auto& each : operations()) {
    if (each.path == "/")
      continue; // the page takes any
    INFO(each.path);
    std::map<std::string, std::string> described;
    for (const auto& [name, example] : each.parameters("query"))
      described.emplace(name, example);
    for (auto name : all) {
      INFO(name);
      auto found = described.find(std::string{name});
      auto example = found == described.end() ? std::string{"active"} : found->second;
      auto call =
          parse_web_request(each.method, each.target() + "?" + std::string{name} + "=" + example);
      CHECK(std::holds_alternative<web_call>(call) == (found != described.end()));
    }
    CHECK(std::ranges::all_of(described, [&](const auto& one) {
      return std::ranges::find(all, one.first) != all.end();
    }));
  }
}

TEST_CASE("the OpenAPI document tells the scope that each route needs") {
  for (const auto& each : operations()) {
    INFO(each.path);
    const auto& security = each.what.at("security").as_array();
    auto needed = scope_of(route_of(each));
    REQUIRE(security.empty() == !needed);
    if (needed)
      CHECK(security[0].at("bearer").at(0).as_string() == to_string(*needed));
  }
}

TEST_CASE("the OpenAPI document has every problem") {
  std::set<std::string> described;
  for (const auto& each : document.at("components")
                              .at("schemas")
                              .at("Problem")
                              .at("properties")
                              .at("type")
                              .at("enum")
                              .as_array())
    described.emplace(each.as_string());
  std::set<std::string> known;
  for (auto kind = problem_kind::bad_request; kind <= problem_kind::internal;
       kind = static_cast<problem_kind>(static_cast<int>(kind) + 1))
    known.insert("urn:xylem:" + std::string{to_string(kind)});
  CHECK(described == known);
}
