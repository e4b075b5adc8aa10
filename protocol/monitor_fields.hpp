#pragma once

#include "protocol/monitor_archive.hpp"
#include "protocol/monitor_messages.hpp"

/// Members that several messages have (monitor §4). Found by the archive's lists, thus in no
/// namespace of their own.
namespace xylem {

inline constexpr std::size_t longest_name = 64;
inline constexpr std::size_t longest_problem = 256;

inline constexpr list_limits selection_limits{0x10000, 2};
inline constexpr list_limits codes_limits{0x10000, 4};

template <class Archive, maybe_const<mesh_index> Mesh>
void fields(Archive& archive, Mesh& mesh) {
  archive.number(mesh.value);
}

template <class Archive, maybe_const<node_address> Node>
void fields(Archive& archive, Node& node) {
  archive.number(node.value);
}

inline void fields(message_writer& archive, const type_code& code) {
  archive.run(code.view(), type_code::max_size);
}

inline void fields(message_reader& archive, type_code& code) {
  code = type_code{archive.run(type_code::max_size)};
}

template <class Archive, maybe_const<cursor> Cursor>
void fields(Archive& archive, Cursor& position) {
  archive.number(position.epoch);
  archive.number(position.seq);
}

template <class T>
void fields(message_writer& archive, const selection<T>& chosen, list_limits limits) {
  archive.maybe(chosen.values(), [&](const auto& values) { archive.list(values, limits); });
}

template <class T>
void fields(message_reader& archive, selection<T>& chosen, list_limits limits) {
  std::optional<std::vector<T>> values;
  archive.maybe(values, [&](auto& items) { archive.list(items, limits); });
  if (values)
    chosen = selection<T>{*std::move(values)};
}

inline void fields(message_writer& archive, const event_kind_set& kinds) {
  archive.number(kinds.bits());
}

inline void fields(message_reader& archive, event_kind_set& kinds) {
  std::uint32_t bits = 0;
  archive.number(bits);
  auto known = event_kind_set::from_bits(bits);
  archive.require(known.has_value());
  kinds = known.value_or(event_kind_set{});
}

template <class Archive, maybe_const<subscriber_filter> Filter>
void fields(Archive& archive, Filter& filter) {
  fields(archive, filter.kinds);
  fields(archive, filter.meshes, selection_limits);
  fields(archive, filter.nodes, selection_limits);
  fields(archive, filter.codes, codes_limits);
}

template <class Message>
std::optional<Message> decode(std::string_view encoded) {
  return decode_fields<Message>(encoded);
}

} // namespace xylem
