#include "protocol/json.hpp"

#include "protocol/command.hpp"
#include "protocol/event_ring.hpp"
#include "protocol/json_writer.hpp"

namespace xylem {

namespace json = boost::json;

namespace {

void append_node_member(std::string& out, const event& what) {
  out += ",\"node\":";
  append_json_number(out, what.node.value);
}

void append_text_member(std::string& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  append_json_text(out, text);
}

void append_data_text(std::string& out, const event& what) {
  out += ",\"text\":";
  append_json_bytes(out, readable_part(what));
}

/// What readings and messages have.
void append_data(std::string& out, const event& what) {
  append_node_member(out, what);
  out += ",\"type\":";
  append_json_code(out, what.code);
  out += ",\"data\":";
  append_json_hex(out, what.data.view());
}

void append_number_member(std::string& out, std::string_view name, std::uint64_t number) {
  out.append(",\"").append(name).append("\":");
  append_json_number(out, number);
}

void append_gap(std::string& out, const event& what) {
  auto gap = gap_of(what).value_or(told_gap{});
  append_number_member(out, "from", gap.from);
  append_number_member(out, "to", gap.to);
  append_number_member(out, "count", gap.count);
  append_text_member(out, "reason", gap.reason);
}

/// Of one that was accepted, also what it is.
void append_command(std::string& out, const event& what) {
  append_number_member(out, "id", what.id);
  append_node_member(out, what);
  append_text_member(out, "state", to_string(static_cast<command_state>(what.state)));
  append_data_text(out, what);
  if (auto content = accepted_command(what)) {
    append_text_member(out, "command", to_string(content->kind));
    out += ",\"data\":";
    append_json_hex(out, content->message);
  }
}

/// The members that events of this kind have beside those of all.
void append_content(std::string& out, const event& what, const data_type_registry& types) {
  switch (what.kind) {
  case event_kind::reading:
    append_data(out, what);
    append_json_value(out, types, what.code, what.data.view());
    return append_number_member(out, "reading", what.id);
  case event_kind::message:
  case event_kind::request:
  case event_kind::root_restarted: append_data(out, what); return append_data_text(out, what);
  case event_kind::node_heard: return append_node_member(out, what);
  case event_kind::node_joined:
    append_node_member(out, what);
    out += ",\"uuid\":";
    append_json_hex(out, what.data.view());
    return append_text_member(out, "state", to_string(static_cast<node_status>(what.state)));
  case event_kind::node_changed:
    append_node_member(out, what);
    return append_text_member(out, "state", to_string(static_cast<node_status>(what.state)));
  case event_kind::link_changed:
    append_text_member(out, "state", to_string(static_cast<link_state>(what.state)));
    return append_data_text(out, what);
  case event_kind::command: return append_command(out, what);
  case event_kind::gap: return append_gap(out, what);
  case event_kind::root_log:
  case event_kind::incident: return append_data_text(out, what);
  }
}

void append_heard(std::string& out, wall_time time) {
  if (time != wall_time{})
    append_json_time(out, time);
  else
    out += "null";
}

} // namespace

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

json::object to_json(const subscriber_counters& counters) {
  return {{"published", counters.published},
          {"delivered", counters.delivered},
          {"coalesced", counters.coalesced},
          {"dropped", counters.dropped},
          {"queued", counters.queued}};
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

void append_node(std::string& out, const node& subject) {
  out += "{\"address\":";
  append_json_number(out, subject.address.value);
  out += ",\"uuid\":";
  append_json_hex(out, subject.uuid ? bytes_view{*subject.uuid} : bytes_view{});
  out += ",\"name\":\"\",\"status\":\"";
  out += to_string(subject.status);
  out += subject.heard ? "\",\"heard\":true" : "\",\"heard\":false";
  out += ",\"first_heard\":";
  append_heard(out, subject.first_heard);
  out += ",\"last_heard\":";
  append_heard(out, subject.last_heard);
  const auto& counters = subject.counters;
  out += ",\"counters\":{\"frames\":";
  append_json_number(out, counters.frames);
  append_number_member(out, "readings", counters.readings);
  append_number_member(out, "messages", counters.messages);
  append_number_member(out, "requests", counters.requests);
  append_number_member(out, "malformed", counters.malformed);
  out += "},\"types\":[";
  for (const auto& series : subject.series) {
    if (&series != &subject.series.front())
      out += ',';
    append_json_code(out, series.code);
  }
  out += "]}";
}

void append_reading(std::string& out, node_address owner, type_code code, const reading& what,
                    const data_type_registry& types) {
  out += "{\"seq\":";
  append_json_number(out, what.seq);
  out += ",\"time\":";
  append_json_time(out, what.time);
  out += ",\"node\":";
  append_json_number(out, owner.value);
  out += ",\"type\":";
  append_json_code(out, code);
  out += ",\"data\":";
  append_json_hex(out, what.data.view());
  append_json_value(out, types, code, what.data.view());
}

void append_event(std::string& out, const event& what, std::uint64_t epoch, std::string_view mesh,
                  const data_type_registry& types) {
  out += "{\"epoch\":";
  append_json_number(out, epoch);
  append_number_member(out, "seq", what.seq);
  out += ",\"time\":";
  append_json_time(out, what.time);
  append_text_member(out, "mesh", mesh);
  append_text_member(out, "kind", to_string(what.kind));
  append_content(out, what, types);
  out += '}';
}

} // namespace xylem
