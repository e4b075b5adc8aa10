// The root's side of the classic dialect (wire §2 and §3).
#include "protocol/classic.hpp"

#include <algorithm>

namespace xylem {

namespace {

/// What edge devices append after the last item of an update.
constexpr std::string_view end_of_message = "[E]";

void fail(root_message& out, std::string_view error) {
  out.kind = root_message_kind::malformed;
  out.error = error;
}

bool ends_here(bytes_view rest) {
  return rest.empty() || text_of(rest) == end_of_message;
}

/// n(1), then n × type(3) | length(1) | data(length).
void parse_data(bytes_view payload, const data_type_registry& types, root_message& out) {
  byte_reader reader{payload};
  auto count = reader.big<std::uint8_t>();
  if (!count)
    return fail(out, "update without a count");
  for (auto left = *count; left > 0; --left) {
    auto code = reader.take(type_code::max_size);
    auto length = reader.big<std::uint8_t>();
    if (!code || !length)
      return fail(out, "update cut inside an item's head");
    auto data = reader.take(*length);
    if (!data)
      return fail(out, "update cut inside an item's data");
    if (!types.accepts(type_code{*code}, data->size()))
      return fail(out, "data of another length than its type has");
    out.readings.push_back({type_code{*code}, *data});
  }
  if (!ends_here(reader.rest()))
    return fail(out, "bytes after the last item");
  out.kind = root_message_kind::data;
}

/// size(1) | message(size); kept verbatim for the listeners.
void parse_text(bytes_view payload, root_message& out) {
  byte_reader reader{payload};
  auto size = reader.big<std::uint8_t>();
  if (!size || !reader.take(*size))
    return fail(out, "message shorter than its size");
  out.kind = root_message_kind::message;
}

node_uuid uuid_of(bytes_view raw) {
  node_uuid uuid{};
  std::ranges::copy(raw, uuid.begin());
  return uuid;
}

/// count(1), then count × addr(2) | uuid(16).
void parse_snapshot(bytes_view payload, root_message& out) {
  byte_reader reader{payload};
  auto count = reader.big<std::uint8_t>();
  if (!count)
    return fail(out, "snapshot without a count");
  for (auto left = *count; left > 0; --left) {
    auto address = reader.big<std::uint16_t>();
    auto uuid = reader.take(std::tuple_size_v<node_uuid>);
    if (!address || !uuid)
      return fail(out, "snapshot shorter than its count");
    out.nodes.push_back({node_address{*address}, uuid_of(*uuid)});
  }
  if (!ends_here(reader.rest()))
    return fail(out, "bytes after the last node");
  out.kind = root_message_kind::snapshot;
}

void parse_joined(bytes_view payload, root_message& out) {
  byte_reader reader{payload};
  auto uuid = reader.take(std::tuple_size_v<node_uuid>);
  if (!uuid || !ends_here(reader.rest()))
    return fail(out, "uuid of another length than 16");
  out.nodes.push_back({out.node, uuid_of(*uuid)});
  out.kind = root_message_kind::node_joined;
}

} // namespace

void classic_dialect::parse_root(bytes_view payload, const data_type_registry& types,
                                 root_message& out) const {
  out.readings.clear();
  out.nodes.clear();
  out.error = {};
  out.payload = {};
  out.code = {};
  out.node = {};
  byte_reader reader{payload};
  auto address = reader.big<std::uint16_t>();
  if (!address)
    return fail(out, "shorter than an address");
  out.node = node_address{*address};
  auto text = reader.rest();
  auto code = reader.take(type_code::max_size);
  if (code)
    out.code = type_code{*code};
  out.payload = reader.rest();
  // Compared as numbers: a memcmp for each was 5 % of an update.
  if (out.code == type_code{"[D]"})
    return parse_data(out.payload, types, out);
  if (out.code == type_code{"[M]"})
    return parse_text(out.payload, out);
  if (out.code == type_code{"NET"})
    return parse_snapshot(out.payload, out);
  if (out.code == type_code{"NOD"})
    return parse_joined(out.payload, out);
  if (out.code == type_code{"<Q>"}) {
    out.kind = root_message_kind::request;
  } else if (out.code == type_code{"RST"}) {
    out.kind = root_message_kind::root_restarted;
  } else if (out.node == root_address && is_printable(text)) {
    out.kind = root_message_kind::root_log;
    out.payload = text;
  } else if (code) {
    out.kind = root_message_kind::message;
  } else {
    fail(out, "shorter than a message type");
  }
}

bytes classic_dialect::encode_command(const command& what) const {
  bytes out;
  auto append_message = [&](node_address to) {
    append_big(out, to.value);
    append_big(out, static_cast<std::uint8_t>(what.message.size()));
    append(out, what.message);
  };
  switch (what.kind) {
    case command_kind::send:
      append(out, "SEND-");
      append_message(what.node);
      break;
    case command_kind::broadcast:
      append(out, "BCAST");
      append_message(node_address{0}); // all nodes
      break;
    case command_kind::network_info: append(out, "NINFO"); break;
    case command_kind::reset_root: append(out, "RST-R"); break;
    case command_kind::clean: append(out, "CLEAN"); break;
  }
  append(out, "\n");
  return out;
}

} // namespace xylem
