#include "protocol/json.hpp"

#include <cmath>

namespace xylem {

namespace json = boost::json;

namespace {

json::value to_json(const field_value& value) {
  return std::visit(
    []<class T>(const T& plain) -> json::value {
      if constexpr (std::is_same_v<T, double>)
        return std::isfinite(plain) ? json::value(plain) : json::value(nullptr);
      else
        return json::value(plain);
    },
    value);
}

json::value time_or_null(bool known, wall_time time) {
  return known ? json::value(iso_time(time)) : json::value(nullptr);
}

json::object to_json(const std::vector<decoded_field>& fields) {
  json::object out;
  for (const auto& field : fields)
    out[field.name.empty() ? "value" : field.name] = to_json(field.value);
  return out;
}

void add_reading(json::object& out, const event& what, const data_type_registry& types) {
  out["node"] = what.node.value;
  out["type"] = to_string(what.code);
  out["data"] = to_hex(what.data.view());
  if (auto fields = types.decode(what.code, what.data.view()); !fields.empty())
    out["value"] = to_json(fields);
}

void add_message(json::object& out, const event& what) {
  out["node"] = what.node.value;
  out["type"] = to_string(what.code);
  out["data"] = to_hex(what.data.view());
  out["text"] = escaped_text(what.data.view());
}

} // namespace

json::object to_json(const node& subject) {
  json::array types;
  for (const auto& series : subject.series)
    types.emplace_back(to_string(series.code));
  const auto& counters = subject.counters;
  return {{"address", subject.address.value},
          {"uuid", subject.uuid ? to_hex(*subject.uuid) : std::string{}},
          {"name", ""},
          {"status", to_string(subject.status)},
          {"heard", subject.heard},
          {"first_heard", time_or_null(subject.heard, subject.first_heard)},
          {"last_heard", time_or_null(subject.heard, subject.last_heard)},
          {"counters",
           {{"frames", counters.frames},
            {"readings", counters.readings},
            {"messages", counters.messages},
            {"requests", counters.requests},
            {"malformed", counters.malformed}}},
          {"types", std::move(types)}};
}

json::object to_json(const frame_counters& counters) {
  json::object rejects;
  for (std::size_t i = 0; i < reject_reasons; ++i)
    rejects[to_string(static_cast<reject_reason>(i))] = {{"count", counters.rejects[i]},
                                                         {"bytes", counters.rejected_bytes[i]}};
  return {{"bytes_read", counters.bytes_read},
          {"frames", counters.frames},
          {"frame_bytes", counters.frame_bytes},
          {"console_bytes", counters.console_bytes},
          {"pending_bytes", counters.pending_bytes},
          {"rejects", std::move(rejects)}};
}

json::array to_json(const data_type_registry& types) {
  json::array list;
  for (const auto& [code, type] : types.types()) {
    json::array fields;
    for (const auto& field : type.fields)
      fields.push_back({{"name", field.name},
                        {"type", format_name(field)},
                        {"scale", field.scale},
                        {"order", field.order == byte_order::big ? "big" : "little"}});
    list.push_back({{"code", to_string(code)}, {"fields", std::move(fields)}});
  }
  return list;
}

json::object to_json(const event& what, std::uint64_t epoch, std::string_view mesh,
                     const data_type_registry& types) {
  json::object out{{"epoch", epoch},
                   {"seq", what.seq},
                   {"time", iso_time(what.time)},
                   {"mesh", mesh},
                   {"kind", to_string(what.kind)}};
  auto text = [&] { out["text"] = escaped_text(what.data.view()); };
  switch (what.kind) {
    case event_kind::reading: add_reading(out, what, types); break;
    case event_kind::message:
    case event_kind::request:
    case event_kind::root_restarted: add_message(out, what); break;
    case event_kind::node_heard: out["node"] = what.node.value; break;
    case event_kind::node_joined:
      out["node"] = what.node.value;
      out["uuid"] = to_hex(what.data.view());
      out["state"] = to_string(static_cast<node_status>(what.state));
      break;
    case event_kind::node_changed:
      out["node"] = what.node.value;
      out["state"] = to_string(static_cast<node_status>(what.state));
      break;
    case event_kind::link_changed:
      out["state"] = to_string(static_cast<link_state>(what.state));
      text();
      break;
    case event_kind::command:
      out["id"] = what.id;
      out["node"] = what.node.value;
      out["state"] = to_string(static_cast<command_state>(what.state));
      text();
      break;
    case event_kind::gap: out["count"] = what.id; text(); break;
    case event_kind::root_log:
    case event_kind::incident: text(); break;
  }
  return out;
}

} // namespace xylem
