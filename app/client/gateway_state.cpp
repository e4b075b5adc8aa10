#include "app/client/gateway_state.hpp"

#include "app/client/iso_time.hpp"
#include "app/client/json_view.hpp"

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
  made.first_heard = parse_time(node["first_heard"].text());
  made.last_heard = parse_time(node["last_heard"].text());
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

std::optional<data_type> data_type_of(json_view declared) {
  auto code = parse_type_code(declared["code"].text());
  if (!code)
    return std::nullopt;
  data_type made{*code, {}};
  for (auto declared_field : declared["fields"].items()) {
    auto field = parse_field_format(declared_field["type"].text());
    if (!field)
      return std::nullopt;
    field->name = declared_field["name"].text();
    field->scale = declared_field["scale"].number().value_or(1.0);
    if (declared_field["order"].text() == "little")
      field->order = byte_order::little;
    made.fields.push_back(*std::move(field));
  }
  return made;
}

/// A gateway of several meshes has a client socket for each; the port tells whose this is.
json_view mesh_at(json_view status, const endpoint& where) {
  auto meshes = status["meshes"].items();
  auto port = ":" + std::to_string(where.port);
  for (auto mesh : meshes) {
    if (meshes.size() == 1 || mesh["clients"]["address"].text().ends_with(port))
      return mesh;
  }
  return {};
}

} // namespace

result<std::vector<node_info>> parse_nodes(std::string_view json) {
  auto document = parse_json(json);
  if (!document || !json_view{*document}["nodes"].exists())
    return not_json("the list of nodes");
  std::vector<node_info> found;
  for (auto node : json_view{*document}["nodes"].items()) {
    auto address = address_of(node["address"]);
    if (!address)
      return not_json("a node without address");
    found.push_back(node_of(node, *address));
  }
  return found;
}

result<gateway_event> parse_event(std::string_view line) {
  auto document = parse_json(line);
  if (!document || !document->is_object())
    return not_json("an event that is no JSON object");
  json_view event{*document};
  gateway_event made;
  made.epoch = event["epoch"].count().value_or(0);
  made.seq = event["seq"].count().value_or(0);
  made.time = parse_time(event["time"].text());
  made.mesh = event["mesh"].text();
  made.kind = event["kind"].text();
  made.node = address_of(event["node"]);
  made.type = event["type"].text();
  made.data = from_hex(event["data"].text()).value_or(bytes{});
  made.text = event["text"].text();
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

data_type_registry parse_data_types(std::string_view status_json, const endpoint& where) {
  data_type_registry types;
  auto document = parse_json(status_json);
  if (!document)
    return types;
  for (auto declared : mesh_at(json_view{*document}, where)["data_types"].items()) {
    if (auto type = data_type_of(declared))
      types.declare(*std::move(type));
  }
  return types;
}

} // namespace xylem::client
