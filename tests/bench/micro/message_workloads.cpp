#include "protocol/dialect.hpp"
#include "protocol/json.hpp"
#include "tests/actors/wire_text.hpp"
#include "tests/bench/micro/workload.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <memory>
#include <stdexcept>

namespace xylem::bench {

namespace {

constexpr std::size_t repeats = 1000;

std::string item(std::string_view code, std::size_t size) {
  return std::string{code} + static_cast<char>(size) + std::string(size, 'x');
}

/// A frame's payload, as a root sends it.
std::string payload_of(std::string_view type, std::string_view rest) {
  return testing::big16(5) + std::string{type} + std::string{rest};
}

std::string readings(std::size_t count) {
  std::string items(1, static_cast<char>(count));
  for (std::size_t i = 0; i < count; ++i)
    items += item("T" + std::string(1, static_cast<char>('0' + i / 10))
                    + static_cast<char>('0' + i % 10), 8);
  return payload_of("[D]", items);
}

std::string snapshot(std::size_t count) {
  std::string nodes(1, static_cast<char>(count));
  for (std::uint16_t i = 1; i <= count; ++i)
    nodes += testing::big16(i) + std::string(16, static_cast<char>(i));
  return payload_of("NET", nodes);
}

workload root_parsing(const std::string& payload) {
  struct state {
    std::string payload;
    std::shared_ptr<const dialect> speech = make_dialect("classic");
    data_type_registry types{};
    root_message message{};
  };
  auto all = std::make_shared<state>(state{.payload = payload});
  auto operation = [all] {
    for (std::size_t i = 0; i < repeats; ++i) {
      all->speech->parse_root(view_of(all->payload), all->types, all->message);
      keep(all->message.kind);
    }
  };
  operation();
  if (all->message.kind == root_message_kind::malformed)
    throw std::logic_error{"a malformed message"};
  return {operation, repeats, repeats * payload.size()};
}

workload request_parsing(const std::string& request) {
  auto speech = make_dialect("classic");
  std::string many;
  for (std::size_t i = 0; i < repeats; ++i)
    many += request;
  auto operation = [speech, many] {
    for (auto input = view_of(many); !input.empty();) {
      auto parsed = speech->parse_request(input);
      if (parsed.status != parse_status::complete)
        throw std::logic_error{"not a request"};
      input = input.subspan(parsed.consumed);
    }
  };
  return {operation, repeats, many.size()};
}

/// One event as subscribers get it (web §3.3).
workload event_line() {
  event what{.seq = 1'000'000,
             .time = wall_time{std::chrono::milliseconds{1'700'000'000'000}},
             .node = node_address{5},
             .code = type_code{"GPS"},
             .kind = event_kind::reading,
             .data = small_bytes{view_of(testing::hex("0CDAC84AC7EC"))}};
  data_type_registry types;
  std::string line;
  append_event(line, what, 1, "default", types);
  auto size = line.size();
  auto operation = [what, types, line]() mutable {
    line.clear();
    append_event(line, what, 1, "default", types);
    keep(line.data());
  };
  return {operation, 1, size};
}

} // namespace

void add_messages(workload_table& table) {
  auto root = [&](std::string name, const std::string& payload) {
    table.push_back({"root_parse/" + std::move(name), [=] { return root_parsing(payload); }});
  };
  root("gps", payload_of("[D]", "\1" + item("GPS", 6)));
  root("readings_10", readings(10));
  root("message", payload_of("[M]", "\5hello"));
  root("snapshot_40", snapshot(40));
  table.push_back({"request_parse/get", [] { return request_parsing(testing::get_request(5)); }});
  table.push_back(
    {"request_parse/send", [] { return request_parsing(testing::send_request(5, "hello")); }});
  table.push_back({"json/event_line", event_line});
}

} // namespace xylem::bench
