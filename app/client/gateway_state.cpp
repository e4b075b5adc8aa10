#include "app/client/gateway_state.hpp"

#include "protocol/iso_time.hpp"

namespace xylem::client {

namespace {

error not_json(std::string_view what) {
  return {error_kind::protocol, std::string{what} + " is not what a gateway sends"};
}

std::optional<node_address> address_of(json_view number) {
  auto value = number.count();
  if (!value || *value > 0xFFFF)
    return std::nullopt;
  return node_address{static_cast<std::uint16_t>(*value)};
}

std::vector<std::string> texts_of(json_view list) {
  std::vector<std::string> found;
  for (auto item : list.items())
    found.push_back(item.text());
  return found;
}

node_info node_of(json_view node, node_address address) {
  node_info made;
  made.address = address;
  made.uuid = node["uuid"].text();
  made.name = node["name"].text();
  made.status = node["status"].text();
  made.heard = !node["heard"].exists() || node["heard"].is_true();
  made.first_heard = parse_iso_time(node["first_heard"].text());
  made.last_heard = parse_iso_time(node["last_heard"].text());
  auto counters = node["counters"];
  made.frames = counters["frames"].count().value_or(0);
  made.readings = counters["readings"].count().value_or(0);
  made.messages = counters["messages"].count().value_or(0);
  made.requests = counters["requests"].count().value_or(0);
  made.malformed = counters["malformed"].count().value_or(0);
  made.types = texts_of(node["types"]);
  return made;
}

std::vector<decoded_field> fields_of(json_view value) {
  std::vector<decoded_field> found;
  for (const auto& [name, field] : value.members()) {
    if (auto whole = field.count())
      found.push_back({name, *whole});
    else if (auto number = field.number())
      found.push_back({name, *number});
    else
      found.push_back({name, field.text()});
  }
  return found;
}

/// Longest age that is told, 30,000 years: what a foreign document says beyond is none.
constexpr double longest_age = 1e12; // seconds

std::optional<std::chrono::milliseconds> age_of(json_view seconds) {
  constexpr auto milliseconds_a_second = 1000;
  auto value = seconds.number();
  if (!value || !(*value >= 0 && *value <= longest_age))
    return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(*value * milliseconds_a_second)};
}

} // namespace

result<std::vector<node_info>> parse_nodes(const boost::json::array& nodes) {
  std::vector<node_info> found;
  for (const auto& item : nodes) {
    json_view node{item};
    auto address = address_of(node["address"]);
    if (!address)
      return not_json("a node without address");
    found.push_back(node_of(node, *address));
  }
  return found;
}

result<reading_info> parse_reading(json_view reading) {
  auto node = address_of(reading["node"]);
  auto data = from_hex(reading["data"].text());
  if (!node || !data || !reading["data"].exists())
    return not_json("a reading without node or data");
  reading_info made;
  made.node = *node;
  made.type = reading["type"].text();
  made.seq = reading["seq"].count().value_or(0);
  made.time = parse_iso_time(reading["time"].text());
  made.age = age_of(reading["age"]);
  made.data = *std::move(data);
  made.value = fields_of(reading["value"]);
  return made;
}

result<std::vector<reading_info>> parse_readings(const boost::json::array& readings) {
  std::vector<reading_info> found;
  for (const auto& item : readings) {
    auto reading = parse_reading(json_view{item});
    if (!reading)
      return reading.error();
    found.push_back(*std::move(reading));
  }
  return found;
}

std::vector<bucket_info> parse_buckets(const boost::json::array& buckets) {
  std::vector<bucket_info> found;
  for (const auto& item : buckets) {
    json_view bucket{item};
    auto& made = found.emplace_back();
    made.time = parse_iso_time(bucket["time"].text());
    made.count = bucket["count"].count().value_or(0);
    for (const auto& [name, field] : bucket["fields"].members())
      made.fields.push_back({name, field["count"].count().value_or(0), field["min"].number(),
                             field["max"].number(), field["mean"].number(),
                             field["last"].number()});
  }
  return found;
}

result<command_info> parse_command(json_view command) {
  auto id = command["id"].count();
  if (!id)
    return not_json("a command without id");
  command_info made;
  made.id = *id;
  made.state = command["state"].text();
  made.accepted = parse_iso_time(command["accepted"].text());
  made.deadline = parse_iso_time(command["deadline"].text());
  made.error = command["error"].text();
  return made;
}

gateway_event parse_event(json_view event) {
  gateway_event made;
  made.epoch = event["epoch"].count().value_or(0);
  made.seq = event["seq"].count().value_or(0);
  made.time = parse_iso_time(event["time"].text());
  made.mesh = event["mesh"].text();
  made.kind = event["kind"].text();
  made.node = address_of(event["node"]);
  made.type = event["type"].text();
  made.data = from_hex(event["data"].text()).value_or(bytes{});
  made.text = event["text"].exists() ? event["text"].text() : event["reason"].text();
  made.value = fields_of(event["value"]);
  made.state = event["state"].text();
  made.id = event["id"].count().value_or(0);
  made.count = event["count"].count().value_or(0);
  return made;
}

result<std::vector<node_activity>> parse_node_status(std::string_view json) {
  auto document = parse_json(json);
  if (!document)
    return not_json("the status of the nodes");
  json_view lists{*document};
  auto addresses = lists["node_addr_list"].items();
  auto states = lists["node_status_list"].items();
  if (addresses.size() != states.size() || !lists["node_addr_list"].exists())
    return not_json("a status of the nodes with lists of different lengths");
  std::vector<node_activity> found;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    auto address = address_of(addresses[i]);
    if (!address)
      return not_json("a node without address");
    found.push_back({*address, states[i].count() == 1U});
  }
  return found;
}

} // namespace xylem::client
