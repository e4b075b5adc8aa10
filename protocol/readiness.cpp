#include "protocol/readiness.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace xylem {

namespace json = boost::json;

namespace {

const json::array& list_of(const json::object& status, std::string_view name) {
  static const json::array none;
  auto found = status.if_contains(name);
  return found && found->is_array() ? found->get_array() : none;
}

} // namespace

json::object readiness_of(const json::object& status) {
  const auto& silent = list_of(status, "silent_actors");
  auto all = true;
  json::array actors;
  for (const auto& actor : list_of(status, "actors")) {
    const auto& name = actor.at("name").as_string();
    const auto& state = actor.at("state").as_string();
    auto is_silent = std::ranges::any_of(
      silent, [&](const json::value& each) { return each.as_string() == name; });
    auto waits_for_port = name.starts_with("uart/") && state == "waiting";
    auto ready = !is_silent && (state == "running" || waits_for_port);
    all = all && ready;
    actors.push_back({{"name", name},
                      {"ready", ready},
                      {"state", is_silent ? json::string{"silent"} : state},
                      {"waits_for", actor.at("waits_for")}});
  }
  return {{"ready", all}, {"actors", std::move(actors)}};
}

} // namespace xylem
