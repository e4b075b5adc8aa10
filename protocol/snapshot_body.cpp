#include "protocol/snapshot_body.hpp"

#include "protocol/snapshot_archive.hpp"

namespace xylem {

namespace {

/// `What`, const when it is written.
template <class T, class What>
concept either = std::same_as<std::remove_const_t<T>, What>;

/// The largest integer that JSON numbers hold exactly: ids and numbers stay below.
constexpr auto highest_number = (std::uint64_t{1} << 53) - 1;

/// The end of the year 9999: what can be shown, and be subtracted from any other.
constexpr std::chrono::milliseconds latest_time{253'402'300'799'999};

constexpr std::size_t longest_name = 32;
constexpr std::size_t longest_reading = 255; // wire §2

/// The most is what keys of the configuration allow; the least is an item without content.
constexpr list_bounds mesh_bounds{0xFFFF, 44};
constexpr list_bounds node_bounds{0x10000, 63};
constexpr list_bounds series_bounds{limits::types_per_node, 23};
constexpr list_bounds reading_bounds{65'536, 18};
constexpr list_bounds command_bounds{2 * 65'536, 33};

template <class Archive, class Number>
void bounded(Archive& archive, Number& value) {
  archive.number(value);
  require_sound(value <= highest_number, "has a number that is out of range");
}

template <class Archive, class Time>
void moment(Archive& archive, Time& time) {
  archive.milliseconds(time);
  auto since = time.time_since_epoch();
  require_sound(since <= latest_time && since >= -latest_time, "has a time that is out of range");
}

template <class Items, class Projection>
bool ascends(const Items& items, Projection projection) {
  return std::ranges::adjacent_find(items, std::ranges::greater_equal{}, projection)
         == items.end();
}

bool are_of_different_types(const std::vector<saved_series>& series) {
  for (auto each = series.begin(); each != series.end(); ++each)
    if (std::find_if(series.begin(), each, [&](auto& other) { return other.code == each->code; })
        != each)
      return false;
  return true;
}

/// A mark that keeps parts of different versions apart.
void section(snapshot_writer& archive, std::string_view name, std::uint16_t version) {
  archive.raw(view_of(name));
  archive.number(version);
}

void section(snapshot_reader& archive, std::string_view name, std::uint16_t version) {
  std::array<std::byte, 4> mark;
  std::uint16_t found = 0;
  archive.raw(mark);
  archive.number(found);
  require_sound(text_of(mark) == name, "has another section than expected");
  require_sound(found == version, "has a section of another version");
}

} // namespace

// Found by the archive's lists, thus in no namespace of their own.

template <class Archive, either<reading> Reading>
void fields(Archive& archive, Reading& value) {
  bounded(archive, value.seq);
  moment(archive, value.time);
  archive.run(value.data, longest_reading);
}

template <class Archive, either<saved_series> Series>
void fields(Archive& archive, Series& series) {
  archive.code(series.code);
  archive.list(series.readings, reading_bounds);
  require_sound(!series.readings.empty(), "has a series without readings");
  require_sound(ascends(series.readings, &reading::seq), "has readings that are not in order");
}

template <class Archive, either<node_counters> Counters>
void fields(Archive& archive, Counters& counters) {
  for (auto* each : {&counters.frames, &counters.readings, &counters.messages,
                     &counters.requests, &counters.malformed})
    archive.number(*each);
}

template <class Archive, either<saved_node> Node>
void fields(Archive& archive, Node& node) {
  archive.number(node.address.value);
  archive.maybe(node.uuid, [&](auto& uuid) { archive.raw(uuid); });
  moment(archive, node.first_heard);
  moment(archive, node.last_heard);
  fields(archive, node.counters);
  archive.list(node.series, series_bounds);
  require_sound(are_of_different_types(node.series), "has two series of one type");
}

template <class Archive, either<command> Command>
void fields(Archive& archive, Command& what) {
  archive.one_of(what.kind, command_kind::clean);
  archive.number(what.node.value);
  archive.run(what.message, limits::max_message);
}

template <class Archive, either<saved_command> Command>
void fields(Archive& archive, Command& saved) {
  bounded(archive, saved.id.value);
  fields(archive, saved.what);
  archive.one_of(saved.origin, command_origin::gateway);
  archive.one_of(saved.state, command_state::unknown);
  moment(archive, saved.accepted);
  moment(archive, saved.deadline);
  archive.maybe(saved.finished, [&](auto& time) { moment(archive, time); });
  archive.maybe(saved.reason, [&](auto& why) { archive.one_of(why, failure::not_available); });
}

template <class Archive, either<saved_mesh> Mesh>
void fields(Archive& archive, Mesh& mesh) {
  section(archive, "MESH", 1);
  archive.run(mesh.name, longest_name);
  bounded(archive, mesh.last_reading);
  bounded(archive, mesh.last_command);
  section(archive, "NODE", 1);
  archive.list(mesh.nodes, node_bounds);
  require_sound(ascends(mesh.nodes, &saved_node::address), "has nodes that are not in order");
  section(archive, "CMND", 1);
  archive.list(mesh.commands, command_bounds);
  require_sound(ascends(mesh.commands, &saved_command::id), "has commands that are not in order");
}

template <class Archive, either<saved_state> State>
void fields(Archive& archive, State& state) {
  section(archive, "HEAD", 1);
  bounded(archive, state.generation);
  moment(archive, state.taken);
  archive.number(state.reached.epoch);
  archive.number(state.reached.seq);
  archive.list(state.meshes, mesh_bounds);
}

void write_snapshot_body(bytes& out, const saved_state& state) {
  snapshot_writer archive{out};
  fields(archive, state);
  archive.finish();
}

saved_state read_snapshot_body(bytes_view body) {
  saved_state state;
  snapshot_reader archive{body};
  fields(archive, state);
  require_sound(archive.at_end(), "goes on behind its end");
  return state;
}

} // namespace xylem
