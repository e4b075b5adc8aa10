#include "actors/remote/gate_configuration.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace xylem {

namespace json = boost::json;

namespace {

json::array to_json(const std::vector<allowed_monitor>& allow) {
  json::array all;
  for (const auto& [name, scope] : allow)
    all.push_back(json::object{{"name", name}, {"scope", to_string(scope)}});
  return all;
}

std::string text_of(const json::object& from, std::string_view key) {
  return std::string{from.at(key).as_string()};
}

template <class Number>
Number number_of(const json::object& from, std::string_view key) {
  return from.at(key).to_number<Number>();
}

std::vector<allowed_monitor> allowed_of(const json::array& all) {
  std::vector<allowed_monitor> out;
  for (const auto& each : all) {
    auto scope = parse_access_scope(each.at("scope").as_string());
    out.push_back({text_of(each.as_object(), "name"), scope.value()});
  }
  return out;
}

} // namespace

gate_configuration gate_configuration_of(const monitor_settings& settings, instance_id instance) {
  return {.name = settings.name,
          .instance = instance,
          .listen = settings.listen,
          .authority = settings.authority,
          .certificate = settings.certificate,
          .key = settings.key,
          .connections = settings.connections,
          .allow = settings.allow};
}

std::string to_text(const gate_configuration& what) {
  return json::serialize(json::object{{"name", what.name},
                                      {"instance", what.instance.value},
                                      {"host", what.listen.host},
                                      {"port", what.listen.port},
                                      {"authority", what.authority},
                                      {"certificate", what.certificate},
                                      {"key", what.key},
                                      {"connections", what.connections},
                                      {"allow", to_json(what.allow)}});
}

std::optional<gate_configuration> parse_gate_configuration(std::string_view text) {
  try {
    auto read = json::parse(text);
    const auto& from = read.as_object();
    return gate_configuration{
      .name = text_of(from, "name"),
      .instance = {number_of<std::uint64_t>(from, "instance")},
      .listen = {text_of(from, "host"), number_of<std::uint16_t>(from, "port")},
      .authority = text_of(from, "authority"),
      .certificate = text_of(from, "certificate"),
      .key = text_of(from, "key"),
      .connections = number_of<std::size_t>(from, "connections"),
      .allow = allowed_of(from.at("allow").as_array())};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

} // namespace xylem
