#include "app/client/captured_traffic.hpp"

#include "protocol/iso_time.hpp"

#include <charconv>
#include <limits>

namespace xylem::client {

namespace {

using std::chrono::nanoseconds;

std::optional<std::uint64_t> position_of(const std::string& text) {
  std::uint64_t position = 0;
  auto end = text.data() + text.size();
  auto [ptr, code] = std::from_chars(text.data(), end, position);
  return code == std::errc{} && ptr == end ? std::optional{position} : std::nullopt;
}

std::optional<captured> record_of(json_view record) {
  auto time = parse_iso_time(record["time"].text());
  auto mono = record["mono_ns"].count();
  auto kind = capture_kind_of(record["kind"].text());
  auto data = from_hex(record["data"].text());
  constexpr auto latest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!time || !mono || *mono > latest || !kind || !data
      || data->size() > limits::captured_at_once)
    return std::nullopt;
  auto since = nanoseconds{static_cast<std::int64_t>(*mono)};
  return captured{{mono_time{std::chrono::duration_cast<mono_time::duration>(since)}, *time},
                  *kind, *std::move(data)};
}

} // namespace

result<capture_page> parse_capture_page(json_view page) {
  auto next = position_of(page["next"].text());
  auto since = parse_iso_time(page["since"].text());
  if (!next || !since || !page["records"].exists())
    return error{error_kind::protocol, "a page of captured traffic that is none"};
  capture_page made{.next = *next,
                    .lost = page["lost"].count().value_or(0),
                    .complete = page["complete"].is_true(),
                    .since = *since,
                    .dialect = page["dialect"].text()};
  for (auto record : page["records"].items()) {
    auto what = record_of(record);
    if (!what)
      return error{error_kind::protocol, "a captured record that cannot be read"};
    made.records.push_back(*std::move(what));
  }
  return made;
}

} // namespace xylem::client
