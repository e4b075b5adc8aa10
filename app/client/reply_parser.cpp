#include "app/client/reply_parser.hpp"

#include <algorithm>

namespace xylem::client {

namespace {

/// A block of wire §4 holds at most this many nodes; one that is full has a successor.
constexpr std::size_t full_block = 255;

/// Every address once: more readings than this cannot be one reply.
constexpr std::size_t max_readings = 65'536;

/// The last millisecond of the year 9999: what follows is no time but a broken stream.
constexpr std::uint64_t last_unix_ms = 253'402'300'799'999;

constexpr std::string_view ack{"[ack]\0", 6};

std::optional<bytes_view> take_counted(byte_reader& in) {
  auto size = in.big<std::uint8_t>();
  return size ? in.take(*size) : std::nullopt;
}

reply_parser::outcome parse_failure(byte_reader& in) {
  if (auto text = take_counted(in))
    return reply{failure_reply{std::string{text_of(*text)}}};
  return incomplete{};
}

reply_parser::outcome parse_ack(byte_reader& in) {
  auto whole = in.rest();
  auto common = std::min(whole.size(), ack.size());
  if (text_of(whole.first(common)) != ack.substr(0, common))
    return protocol_error{"the gateway did not accept to listen"};
  if (!in.take(ack.size()))
    return incomplete{};
  return reply{listening{}};
}

reply_parser::outcome parse_json(byte_reader& in) {
  auto size = in.big<std::uint32_t>();
  if (!size)
    return incomplete{};
  if (*size > max_json)
    return protocol_error{"a JSON reply longer than 32 MiB"};
  if (auto text = in.take(*size))
    return reply{json_text{std::string{text_of(*text)}}};
  return incomplete{};
}

} // namespace

void reply_parser::feed(bytes_view chunk) {
  append(buffer_, chunk);
}

reply_parser::outcome reply_parser::next() {
  if (failed_)
    return *failed_;
  while (!rest().empty()) {
    if (expected_.empty())
      return failed_.emplace(protocol_error{"bytes that no request asked for"});
    auto before = buffered();
    byte_reader in{rest()};
    auto found = parse(in);
    if (auto* error = std::get_if<protocol_error>(&found))
      return failed_.emplace(*error);
    if (std::holds_alternative<reply>(found)) {
      consume(before - in.rest().size());
      expected_.pop_front();
      readings_.clear();
      return found;
    }
    if (buffered() == before)
      break; // else a full block of readings was taken, and its successor may be here
  }
  return incomplete{};
}

reply_parser::outcome reply_parser::parse(byte_reader& in) {
  if (in.rest().front() == std::byte{'['} && expected_.front().shape == reply_shape::listening)
    return parse_ack(in);
  auto head = std::to_integer<char>(*in.big<std::byte>());
  if (head == 'F')
    return parse_failure(in);
  if (head != 'S')
    return protocol_error{"a reply that begins neither with S nor with F"};
  return parse_success(in);
}

reply_parser::outcome reply_parser::parse_success(byte_reader& in) {
  switch (expected_.front().shape) {
  case reply_shape::accepted: return reply{accepted{}};
  case reply_shape::readings:
  case reply_shape::batches: return parse_readings(in);
  case reply_shape::history: return parse_history(in);
  case reply_shape::json: return parse_json(in);
  case reply_shape::listening: return protocol_error{"the gateway did not accept to listen"};
  case reply_shape::active_count:
    if (auto count = in.big<std::uint16_t>())
      return reply{active_count{*count}};
    return incomplete{};
  }
  return protocol_error{"an unknown shape of reply"};
}

reply_parser::outcome reply_parser::parse_readings(byte_reader& in) {
  auto code = in.take(type_code::max_size);
  auto size = in.big<std::uint8_t>();
  auto count = in.big<std::uint8_t>();
  if (!code || !size || !count)
    return incomplete{};
  if (type_code{*code} != expected_.front().code)
    return protocol_error{"readings of a data type that was not asked for"};
  auto block = in.take(*count * (sizeof(std::uint16_t) + *size));
  if (!block)
    return incomplete{};
  if (readings_.size() + *count > max_readings)
    return protocol_error{"more readings than a mesh has addresses"};
  for (byte_reader items{*block}; !items.empty();) {
    auto node = node_address{*items.big<std::uint16_t>()};
    readings_.push_back({node, copy_of(*items.take(*size))});
  }
  if (expected_.front().shape == reply_shape::readings || *count < full_block)
    return reply{std::move(readings_)};
  consume(buffered() - in.rest().size());
  return incomplete{};
}

reply_parser::outcome reply_parser::parse_history(byte_reader& in) const {
  auto code = in.take(type_code::max_size);
  auto count = in.big<std::uint8_t>();
  if (!code || !count)
    return incomplete{};
  if (type_code{*code} != expected_.front().code)
    return protocol_error{"a history of a data type that was not asked for"};
  std::vector<history_point> points;
  for (auto left = *count; left > 0; --left) {
    auto time = in.big<std::uint64_t>();
    auto data = time ? take_counted(in) : std::nullopt;
    if (!data)
      return incomplete{};
    if (*time > last_unix_ms)
      return protocol_error{"a history with a time after the year 9999"};
    points.push_back({wall_time{std::chrono::milliseconds{*time}}, copy_of(*data)});
  }
  return reply{std::move(points)};
}

void reply_parser::consume(std::size_t count) {
  start_ += count;
  if (start_ == buffer_.size()) {
    buffer_.clear();
    start_ = 0;
  } else if (start_ > buffer_.size() / 2) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(start_));
    start_ = 0;
  }
}

bytes reply_parser::take_rest() {
  auto rest_of_stream = copy_of(rest());
  consume(buffered());
  return rest_of_stream;
}

} // namespace xylem::client
