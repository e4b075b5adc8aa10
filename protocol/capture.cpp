#include "protocol/capture.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace xylem {

namespace {

constexpr std::uint8_t packet_version = 1;

constexpr std::array kind_names{
  std::string_view{"from_root"}, std::string_view{"to_root"},    std::string_view{"port_opened"},
  std::string_view{"port_lost"}, std::string_view{"about_mesh"}, std::string_view{"lost"},
};
static_assert(kind_names.size() == static_cast<std::size_t>(capture_kind::lost) + 1);

/// The monotonic time as the format counts it.
std::uint64_t nanoseconds_of(mono_time when) {
  return static_cast<std::uint64_t>(
    std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count());
}

mono_time mono_of(std::uint64_t nanoseconds) {
  return mono_time{std::chrono::duration_cast<mono_time::duration>(
    std::chrono::nanoseconds{static_cast<std::int64_t>(nanoseconds)})};
}

/// A name goes to terminals.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_mesh_name
         && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

} // namespace

std::string_view to_string(capture_kind kind) noexcept {
  auto index = static_cast<std::size_t>(kind);
  return index < kind_names.size() ? kind_names[index] : "unknown";
}

std::optional<capture_kind> capture_kind_of(std::string_view name) noexcept {
  auto found = std::ranges::find(kind_names, name);
  if (found == kind_names.end())
    return std::nullopt;
  return static_cast<capture_kind>(found - kind_names.begin());
}

captured make_lost_record(std::uint64_t count, instant when) {
  captured out{.when = when, .kind = capture_kind::lost};
  append_big(out.data, count);
  return out;
}

std::optional<std::uint64_t> lost_records(const captured& what) noexcept {
  if (what.kind != capture_kind::lost || what.data.size() != sizeof(std::uint64_t))
    return std::nullopt;
  return read_big(what.data);
}

void append_packet(bytes& out, std::string_view mesh, const captured& what) {
  assert(is_name(mesh) && what.data.size() <= limits::captured_at_once);
  append_big(out, packet_version);
  append_big(out, static_cast<std::uint8_t>(what.kind));
  append_big(out, nanoseconds_of(what.when.mono));
  append_big(out, static_cast<std::uint8_t>(mesh.size()));
  append(out, mesh);
  append(out, what.data);
}

std::variant<capture_packet, std::string> parse_packet(bytes_view packet, wall_time when) {
  byte_reader reader{packet};
  auto version = reader.big<std::uint8_t>();
  auto kind = reader.big<std::uint8_t>();
  auto mono = reader.big<std::uint64_t>();
  auto length = mono ? reader.big<std::uint8_t>() : std::nullopt;
  auto name = length ? reader.take(*length) : std::nullopt;
  if (version && *version != packet_version)
    return "the packet's version is " + std::to_string(*version) + ", not 1";
  if (!name)
    return "the packet ends within its header";
  if (*kind >= kind_names.size())
    return "a packet's kind is " + std::to_string(*kind) + ", which nobody knows";
  if (!is_name(text_of(*name)))
    return "the name of the mesh is not 1 to 32 printable characters";
  if (reader.rest().size() > limits::captured_at_once)
    return "the packet has more than 64 KiB of data";
  if (*kind == static_cast<std::uint8_t>(capture_kind::lost) && reader.rest().size() != 8)
    return "the number of lost records does not have 8 bytes";
  return capture_packet{std::string{text_of(*name)},
                        {.when = {mono_of(*mono), when},
                         .kind = static_cast<capture_kind>(*kind),
                         .data = copy_of(reader.rest())}};
}

capture_ring::capture_ring(std::size_t max_bytes) : max_bytes_{max_bytes} {}

void capture_ring::push(captured what) {
  if (what.data.size() <= limits::captured_at_once) {
    push_one(std::move(what));
    return;
  }
  for (bytes_view rest = what.data; !rest.empty();) {
    auto part = rest.first(std::min(rest.size(), limits::captured_at_once));
    push_one({what.when, what.kind, copy_of(part)});
    rest = rest.subspan(part.size());
  }
}

void capture_ring::push_one(captured what) {
  bytes_ += captured_size(what);
  records_.push_back(std::move(what));
  while (bytes_ > max_bytes_ && records_.size() > 1) {
    bytes_ -= captured_size(records_.front());
    records_.pop_front();
    ++first_;
  }
}

capture_page capture_ring::read(const capture_query& asked) const {
  auto end = first_ + records_.size();
  auto from = asked.from > end ? 0 : asked.from;
  capture_page page{.next = std::max(from, first_), .lost = from < first_ ? first_ - from : 0};
  auto record = records_.begin() + static_cast<std::ptrdiff_t>(page.next - first_);
  std::size_t taken = 0;
  for (; record != records_.end() && page.records.size() < asked.max_records; ++record) {
    taken += captured_size(*record);
    if (taken > asked.max_bytes && !page.records.empty())
      break;
    page.records.push_back(*record);
  }
  page.next += page.records.size();
  page.complete = page.next == end;
  return page;
}

} // namespace xylem
