#pragma once

#include "protocol/limits.hpp"
#include "protocol/monitor_fields.hpp"

/// Meshes, events, nodes and commands as they stand in messages (monitor §4).
namespace xylem {

inline constexpr std::size_t longest_mesh_name = 200;
inline constexpr std::size_t longest_format = 8;
inline constexpr std::size_t longest_reason = 64; // of a gap
inline constexpr std::size_t longest_data = limits::max_frame;

/// The least is an element without content.
inline constexpr list_limits mesh_limits{1024, 13};
inline constexpr list_limits type_limits{256, 8};
inline constexpr list_limits field_limits{64, 17};
inline constexpr list_limits event_limits{monitor_limits::page_events, 38};
inline constexpr list_limits node_limits{monitor_limits::page_nodes, 65};
inline constexpr list_limits series_limits{limits::types_per_node, 8};
inline constexpr list_limits reading_limits{monitor_limits::series_readings, 20};

inline void check(message_writer&, bool) {}

inline void check(message_reader& archive, bool holds) {
  archive.require(holds);
}

inline void format(message_writer& archive, const data_field& field) {
  archive.text(format_name(field), longest_format);
}

inline void format(message_reader& archive, data_field& field) {
  std::string name;
  archive.text(name, longest_format);
  auto read = parse_field_format(name);
  archive.require(read.has_value());
  if (!read)
    return;
  field.format = read->format;
  field.size = read->size;
}

/// What `state` may be depends on the kind: others make enumerations of it.
inline bool is_sound(const event& what) noexcept {
  auto up_to = [&](auto last) { return what.state <= static_cast<std::uint8_t>(last); };
  switch (what.kind) {
  case event_kind::reading: return what.state <= 1;
  case event_kind::node_joined:
    return up_to(node_status::disconnected)
           && (what.data.size() == 0 || what.data.size() == node_uuid{}.size());
  case event_kind::node_changed: return up_to(node_status::disconnected);
  case event_kind::link_changed: return up_to(link_state::noisy);
  case event_kind::command: return up_to(command_state::unknown);
  case event_kind::gap: return gap_of(what).has_value();
  default: return true;
  }
}

template <class Archive, maybe_const<data_field> Field>
void fields(Archive& archive, Field& field) {
  archive.text(field.name, longest_name);
  format(archive, field);
  archive.real(field.scale);
  archive.one_of(field.order, byte_order::little);
}

template <class Archive, maybe_const<data_type> Type>
void fields(Archive& archive, Type& type) {
  fields(archive, type.code);
  archive.list(type.fields, field_limits);
}

template <class Archive, maybe_const<remote_mesh> Mesh>
void fields(Archive& archive, Mesh& mesh) {
  archive.text(mesh.name, longest_mesh_name);
  archive.one_of(mesh.link, link_state::noisy);
  archive.text(mesh.link_reason, longest_problem);
  archive.list(mesh.types, type_limits);
}

template <class Archive, maybe_const<event> Event>
void fields(Archive& archive, Event& what) {
  archive.count(what.seq);
  archive.moment(what.time);
  archive.count(what.id);
  fields(archive, what.mesh);
  fields(archive, what.node);
  fields(archive, what.code);
  archive.one_of(what.kind, event_kind::gap);
  archive.number(what.state);
  archive.run(what.data, longest_data);
  check(archive, is_sound(what));
}

template <class Archive, maybe_const<reading> Reading>
void fields(Archive& archive, Reading& value) {
  archive.count(value.seq);
  archive.moment(value.time);
  archive.run(value.data, longest_data);
}

template <class Archive, maybe_const<saved_series> Series>
void fields(Archive& archive, Series& series) {
  fields(archive, series.code);
  archive.list(series.readings, reading_limits);
  check(archive, !series.readings.empty());
  auto unsorted = std::ranges::adjacent_find(series.readings, std::ranges::greater_equal{},
                                             &reading::seq);
  check(archive, unsorted == series.readings.end());
}

template <class Archive, maybe_const<remote_node> Node>
void fields(Archive& archive, Node& node) {
  auto& known = node.known;
  fields(archive, known.address);
  archive.maybe(known.uuid, [&](auto& uuid) { archive.raw(uuid); });
  archive.one_of(node.status, node_status::disconnected);
  archive.flag(node.heard);
  archive.moment(known.first_heard);
  archive.moment(known.last_heard);
  for (auto* each : {&known.counters.frames, &known.counters.readings, &known.counters.messages,
                     &known.counters.requests, &known.counters.malformed})
    archive.number(*each);
  archive.list(known.series, series_limits);
}

template <class Archive, maybe_const<command> Command>
void fields(Archive& archive, Command& what) {
  archive.one_of(what.kind, command_kind::clean);
  fields(archive, what.node);
  archive.run(what.message, limits::max_message);
}

template <class Archive, maybe_const<problem> Problem>
void fields(Archive& archive, Problem& what) {
  archive.one_of(what.kind, problem_kind::internal);
  archive.text(what.detail, longest_problem);
}

template <class Archive, maybe_const<saved_command> Command>
void fields(Archive& archive, Command& saved) {
  archive.count(saved.id.value);
  fields(archive, saved.what);
  archive.one_of(saved.origin, command_origin::gateway);
  archive.one_of(saved.state, command_state::unknown);
  archive.moment(saved.accepted);
  archive.moment(saved.deadline);
  archive.maybe(saved.finished, [&](auto& time) { archive.moment(time); });
  archive.maybe(saved.reason, [&](auto& why) { archive.one_of(why, failure::not_available); });
}

} // namespace xylem
