#include "protocol/gate_frames.hpp"

#include "protocol/monitor_fields.hpp"

namespace xylem {

namespace {

constexpr std::size_t length_size = 4;
constexpr std::size_t head_size = 9; // kind and id

bool is_known(std::uint8_t kind) noexcept {
  auto between = [&](gate_frame_kind first, gate_frame_kind last) {
    return kind >= static_cast<std::uint8_t>(first) && kind <= static_cast<std::uint8_t>(last);
  };
  return between(gate_frame_kind::configure, gate_frame_kind::end)
         || between(gate_frame_kind::listening, gate_frame_kind::log);
}

} // namespace

void append_gate_frame(std::string& out, gate_frame_kind kind, std::uint64_t id,
                       std::string_view body) {
  assert(head_size + body.size() <= gate_frame_bytes);
  message_writer frame{out};
  frame.number(static_cast<std::uint32_t>(head_size + body.size()));
  frame.number(static_cast<std::uint8_t>(kind));
  frame.number(id);
  frame.raw(view_of(body));
}

void gate_frame_reader::feed(std::string_view received) {
  if (broken_)
    return;
  buffer_.erase(0, std::exchange(read_, 0));
  buffer_ += received;
}

std::optional<gate_frame> gate_frame_reader::next() {
  byte_reader left{view_of(buffer_).subspan(read_)};
  auto length = left.big<std::uint32_t>();
  if (!length || broken_)
    return std::nullopt;
  if (*length < head_size || *length > gate_frame_bytes)
    return fail();
  auto kind = left.big<std::uint8_t>();
  if (kind && !is_known(*kind))
    return fail();
  auto id = left.big<std::uint64_t>();
  auto body = left.take(*length - head_size);
  if (!id || !body)
    return std::nullopt;
  read_ += length_size + *length;
  return gate_frame{static_cast<gate_frame_kind>(*kind), *id, std::string{text_of(*body)}};
}

std::optional<gate_frame> gate_frame_reader::fail() noexcept {
  broken_ = true;
  buffer_ = {};
  read_ = 0;
  return std::nullopt;
}

template <class Archive, maybe_const<gate_question> Question>
void fields(Archive& archive, Question& what) {
  archive.text(what.who, longest_name);
  archive.one_of(what.kind, question_kind::ping);
  archive.rest(what.body);
}

template <class Archive, maybe_const<gate_follow> Follow>
void fields(Archive& archive, Follow& what) {
  archive.maybe(what.from, [&](auto& position) { fields(archive, position); });
  archive.number(what.pages);
}

template <class Archive, maybe_const<gate_replay> Replay>
void fields(Archive& archive, Replay& what) {
  fields(archive, what.from);
  fields(archive, what.filter);
  archive.number(what.max_events);
}

template <class Archive, maybe_const<gate_listening> Listening>
void fields(Archive& archive, Listening& what) {
  archive.number(what.port);
}

template <class Archive, maybe_const<gate_more> More>
void fields(Archive& archive, More& what) {
  archive.number(what.pages);
}

template <class Archive, maybe_const<gate_line> Line>
void fields(Archive& archive, Line& what) {
  archive.number(what.level);
  archive.text(what.text, longest_gate_line);
}

std::string encode(const gate_question& what) {
  return encode_fields(what);
}

std::string encode(const gate_follow& what) {
  return encode_fields(what);
}

std::string encode(const gate_replay& what) {
  return encode_fields(what);
}

std::string encode(const gate_listening& what) {
  return encode_fields(what);
}

std::string encode(const gate_more& what) {
  return encode_fields(what);
}

std::string encode(const gate_line& what) {
  return encode_fields(what);
}

template std::optional<gate_question> decode(std::string_view encoded);
template std::optional<gate_follow> decode(std::string_view encoded);
template std::optional<gate_replay> decode(std::string_view encoded);
template std::optional<gate_listening> decode(std::string_view encoded);
template std::optional<gate_more> decode(std::string_view encoded);
template std::optional<gate_line> decode(std::string_view encoded);

} // namespace xylem
