// The clients' side of the classic dialect (wire §4).
#include "protocol/classic.hpp"

#include <algorithm>

namespace xylem {

namespace {

constexpr std::size_t command_size = 5;

/// n of a batch is one byte.
constexpr std::size_t batch_size = 255;

struct command_format {
  std::string_view name;
  request_kind kind;
  command_kind command;
  std::size_t fixed; ///< bytes after the name
  bool message;      ///< the last fixed byte is the length of a message that follows
};

constexpr auto none = command_kind::network_info;

constexpr std::array formats{
  command_format{"[GET]", request_kind::get, none, 5, false},
  command_format{"[HIS]", request_kind::history, none, 6, false},
  command_format{"SEND-", request_kind::command, command_kind::send, 3, true},
  command_format{"BCAST", request_kind::command, command_kind::broadcast, 3, true},
  command_format{"NINFO", request_kind::command, command_kind::network_info, 0, false},
  command_format{"RST-R", request_kind::command, command_kind::reset_root, 0, false},
  command_format{"CLEAN", request_kind::command, command_kind::clean, 0, false},
  command_format{"[REQ]", request_kind::answer, none, 2, false},
  command_format{"ACT-C", request_kind::active_count, none, 0, false},
  command_format{"NSTAT", request_kind::node_status, none, 0, false},
  command_format{"[syn]", request_kind::listen, none, 1, false},
};

/// The five bytes of a name as one number, which is compared at once.
constexpr std::uint64_t key_of(std::span<const std::uint8_t, command_size> name) noexcept {
  auto first_four = std::uint32_t{name[0]} | std::uint32_t{name[1]} << 8
                    | std::uint32_t{name[2]} << 16 | std::uint32_t{name[3]} << 24;
  return first_four | std::uint64_t{name[4]} << 32;
}

constexpr auto keys = [] {
  std::array<std::uint64_t, formats.size()> all{};
  std::ranges::transform(formats, all.begin(),
                         [](const command_format& format) {
                           std::array<std::uint8_t, command_size> name{};
                           std::ranges::copy(format.name, name.begin());
                           return key_of(name);
                         });
  return all;
}();

const command_format* find_format(bytes_view input) {
  auto name = std::span<const std::uint8_t, command_size>{
    reinterpret_cast<const std::uint8_t*>(input.data()), command_size};
  auto found = std::ranges::find(keys, key_of(name));
  return found == keys.end() ? nullptr : &formats[static_cast<std::size_t>(found - keys.begin())];
}

/// The fields that follow the name; `input` holds them all.
client_request read_fields(const command_format& format, bytes_view input) {
  client_request request{.kind = format.kind, .command = format.command};
  auto fields = input.subspan(command_size);
  auto rest = fields.subspan(format.fixed);
  if (format.fixed >= 2)
    request.node = node_address{static_cast<std::uint16_t>(read_big(fields.first(2)))};
  if (format.kind == request_kind::get || format.kind == request_kind::history)
    request.code = type_code{fields.subspan(2, type_code::max_size)};
  if (format.kind == request_kind::history)
    request.max = std::to_integer<std::uint8_t>(fields[format.fixed - 1]);
  if (format.message || format.kind == request_kind::answer)
    request.payload = rest;
  return request;
}

parse_result failed(failure reason) {
  return {.status = parse_status::failed, .reason = reason};
}

constexpr std::byte success{'S'};

} // namespace

parse_result classic_dialect::parse_request(bytes_view input) const {
  if (input.size() < command_size)
    return {};
  auto format = find_format(input);
  if (!format)
    return failed(failure::unknown_command);
  if (format->kind == request_kind::answer)
    return {.status = parse_status::open_ended};
  auto size = command_size + format->fixed;
  if (input.size() < size)
    return {};
  if (format->message)
    size += std::to_integer<std::size_t>(input[size - 1]);
  if (input.size() < size)
    return {};
  return {.status = parse_status::complete,
          .request = read_fields(*format, input.first(size)),
          .consumed = size};
}

parse_result classic_dialect::parse_open_ended(bytes_view input) const {
  auto format = input.size() < command_size ? nullptr : find_format(input);
  if (!format || format->kind != request_kind::answer
      || input.size() < command_size + format->fixed)
    return failed(failure::unknown_command);
  auto request = read_fields(*format, input);
  return {.status = parse_status::complete, .request = request, .consumed = input.size()};
}

void classic_dialect::append_success(bytes& out) const {
  out.push_back(success);
}

void classic_dialect::append_failure(bytes& out, failure reason) const {
  auto text = to_string(reason);
  append(out, "F");
  append_big(out, static_cast<std::uint8_t>(text.size()));
  append(out, text);
}

void classic_dialect::append_readings(bytes& out, type_code code,
                                      std::span<const reply_reading> readings, bool batch) const {
  auto length = readings.empty() ? std::size_t{0} : readings.front().data.size();
  auto count = std::size_t{0};
  do {
    count = std::min(readings.size(), batch_size);
    auto to = extend(out, 1 + code.size() + 2 + count * (sizeof(node_address) + length));
    *to++ = success;
    to = write(to, code.view());
    *to++ = static_cast<std::byte>(length);
    *to++ = static_cast<std::byte>(count);
    for (const auto& reading : readings.first(count)) {
      auto data = reading.data.first(std::min(length, reading.data.size())); // never beyond
      to = write(write_big(to, reading.node.value), data);
    }
    readings = readings.subspan(count);
  } while (batch && count == batch_size);
}

void classic_dialect::append_history(bytes& out, type_code code,
                                     std::span<const reply_reading> readings) const {
  out.push_back(success);
  append(out, code.view());
  append_big(out, static_cast<std::uint8_t>(readings.size()));
  for (const auto& reading : readings) {
    append_big(out, static_cast<std::uint64_t>(reading.time.time_since_epoch().count()));
    append_big(out, static_cast<std::uint8_t>(reading.data.size()));
    append(out, reading.data);
  }
}

void classic_dialect::append_active_count(bytes& out, std::size_t count) const {
  out.push_back(success);
  append_big(out, static_cast<std::uint16_t>(std::min<std::size_t>(count, 0xFFFF)));
}

void classic_dialect::append_json(bytes& out, std::string_view json) const {
  out.push_back(success);
  append_big(out, static_cast<std::uint32_t>(json.size()));
  append(out, json);
}

void classic_dialect::append_listen_accepted(bytes& out) const {
  append(out, "[ack]");
  out.push_back(std::byte{0});
}

/// type(5) | node_addr(2) | payload.
void classic_dialect::append_push(bytes& out, const event& what) const {
  if (what.kind != event_kind::message && what.kind != event_kind::request
      && what.kind != event_kind::root_restarted)
    return;
  auto code = text_of(what.code.view());
  if (what.kind == event_kind::request) {
    append(out, "[REQ]");
  } else if (code == "[M]") {
    append(out, "[MSG]");
  } else {
    append(out, "[");
    append(out, code);
    append(out, "]");
  }
  auto swapped = what.kind == event_kind::request
                 && options_.request_address == byte_order::little;
  auto address = what.node.value;
  append_big(out, swapped ? static_cast<std::uint16_t>(address << 8 | address >> 8) : address);
  append(out, what.data.view());
}

} // namespace xylem
