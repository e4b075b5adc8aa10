#include "app/client/push_splitter.hpp"

namespace xylem::client {

namespace {

constexpr std::size_t type_size = 5;

/// False as soon as `input` cannot become `[abc]`.
bool may_begin_push(bytes_view input) {
  auto text = text_of(input);
  return text.front() == '[' && (text.size() < type_size || text[type_size - 1] == ']');
}

push all_of(byte_reader& in) {
  return {{}, {}, copy_of(*in.take(in.rest().size()))};
}

} // namespace

std::vector<push> push_splitter::feed(bytes_view chunk) {
  append(open_, chunk);
  std::vector<push> found;
  byte_reader in{open_};
  while (!in.empty()) {
    auto next = may_begin_push(in.rest()) ? take_push(in) : all_of(in);
    if (!next)
      break;
    found.push_back(std::move(*next));
  }
  open_ = copy_of(in.rest());
  return found;
}

/// The push at the front, or nothing (and the cursor stays) while it is incomplete.
std::optional<push> push_splitter::take_push(byte_reader& in) const {
  byte_reader ahead = in;
  auto type = ahead.take(type_size);
  auto node = ahead.big<std::uint16_t>();
  if (!type || !node)
    return std::nullopt;
  push made{std::string{text_of(*type)}, {*node}, {}};
  if (made.type == "[REQ]" && request_address_ == byte_order::little)
    made.node.value = static_cast<std::uint16_t>(*node << 8 | *node >> 8);
  auto size = made.type == "[MSG]" ? ahead.big<std::uint8_t>() : ahead.rest().size();
  auto payload = size ? ahead.take(*size) : std::nullopt;
  if (!payload)
    return std::nullopt;
  made.payload = copy_of(*payload);
  in = ahead;
  return made;
}

} // namespace xylem::client
