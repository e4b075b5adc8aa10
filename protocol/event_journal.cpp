#include "protocol/event_journal.hpp"

#include <algorithm>

namespace xylem {

namespace {

constexpr std::uint64_t journal_magic = 0x4C4E'524A'4D4C'5958; // "XYLMJRNL" in memory
constexpr std::uint64_t handover_magic = 0x524F'444E'484D'4C58;

struct journal_header {
  std::uint64_t magic;
  journal_identity who;
  std::uint64_t reserved;
};

/// Before the data of each event. Of this machine: its byte order, its padding.
struct entry_header {
  std::uint32_t length; // of header and data; 0: the end
  std::uint32_t data_size;
  std::uint64_t seq;
  std::int64_t time;
  std::uint64_t id;
  std::uint16_t mesh;
  std::uint16_t node;
  event_kind kind;
  std::uint8_t state;
  std::uint16_t code_size;
  std::array<std::byte, 8> code;
};

constexpr std::size_t alignment = alignof(entry_header);

std::size_t aligned(std::size_t size) noexcept {
  return (size + alignment - 1) / alignment * alignment;
}

/// What was stored before is in memory when this is.
void publish(std::byte* at, std::uint32_t length) noexcept {
  __atomic_store_n(reinterpret_cast<std::uint32_t*>(at), length, __ATOMIC_RELEASE);
}

entry_header header_of(const event& what) noexcept {
  entry_header header{.length = 0,
                      .data_size = static_cast<std::uint32_t>(what.data.size()),
                      .seq = what.seq,
                      .time = what.time.time_since_epoch().count(),
                      .id = what.id,
                      .mesh = what.mesh.value,
                      .node = what.node.value,
                      .kind = what.kind,
                      .state = what.state,
                      .code_size = static_cast<std::uint16_t>(what.code.size()),
                      .code = {}};
  std::ranges::copy(what.code.view(), header.code.begin());
  return header;
}

std::optional<event> event_of(const entry_header& header, bytes_view data) {
  if (header.kind > event_kind::gap || header.code_size > type_code::max_size)
    return std::nullopt;
  return event{.seq = header.seq,
               .time = wall_time{std::chrono::milliseconds{header.time}},
               .id = header.id,
               .mesh = {header.mesh},
               .node = {header.node},
               .code = type_code{bytes_view{header.code}.first(header.code_size)},
               .kind = header.kind,
               .state = header.state,
               .data = small_bytes{data}};
}

/// Until the first entry that is none.
std::vector<event> read_half(bytes_view half) {
  std::vector<event> events;
  entry_header header{};
  while (half.size() >= sizeof header) {
    std::memcpy(&header, half.data(), sizeof header);
    if (header.data_size > half.size() - sizeof header
        || header.length != aligned(sizeof header + header.data_size)
        || header.length > half.size())
      break;
    auto what = event_of(header, half.subspan(sizeof header, header.data_size));
    if (!what || (!events.empty() && what->seq <= events.back().seq))
      break;
    events.push_back(*std::move(what));
    half = half.subspan(header.length);
  }
  return events;
}

std::size_t half_of(std::size_t memory) noexcept {
  return (memory - sizeof(journal_header)) / 2 / alignment * alignment;
}

} // namespace

/// FNV-1a, a separator after each name.
std::uint64_t fingerprint_of(std::span<const std::string> names) noexcept {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
  auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100'0000'01B3; };
  for (const auto& name : names) {
    for (auto c : name)
      add(static_cast<unsigned char>(c));
    add(0);
  }
  return hash;
}

journal_writer::journal_writer(std::span<std::byte> memory, journal_identity who) noexcept {
  if (memory.size() < smallest)
    return;
  auto half = half_of(memory.size());
  for (auto i : {0U, 1U}) {
    halves_[i] = memory.subspan(sizeof(journal_header) + i * half, half);
    publish(halves_[i].data(), 0);
  }
  journal_header header{journal_magic, who, 0};
  std::memcpy(memory.data(), &header, sizeof header);
}

void journal_writer::append(const event& what) noexcept {
  auto header = header_of(what);
  auto length = aligned(sizeof header + what.data.size());
  constexpr auto end = sizeof(std::uint32_t); // of the last entry
  if (length + end > halves_[0].size())
    return;
  if (position_ + length + end > halves_[current_].size()) {
    current_ = 1 - current_;
    position_ = 0;
    publish(halves_[current_].data(), 0);
  }
  auto entry = halves_[current_].data() + position_;
  publish(entry + length, 0);
  constexpr auto after_length = sizeof header.length;
  std::memcpy(entry + after_length, reinterpret_cast<const std::byte*>(&header) + after_length,
              sizeof header - after_length);
  write(entry + sizeof header, what.data.view());
  publish(entry, static_cast<std::uint32_t>(length));
  position_ += length;
}

std::optional<journal_content> read_journal(bytes_view memory) {
  journal_header header{};
  if (memory.size() < journal_writer::smallest)
    return std::nullopt;
  std::memcpy(&header, memory.data(), sizeof header);
  if (header.magic != journal_magic)
    return std::nullopt;
  auto half = half_of(memory.size());
  auto first = read_half(memory.subspan(sizeof header, half));
  auto second = read_half(memory.subspan(sizeof header + half, half));
  if (!first.empty() && !second.empty() && second.front().seq < first.front().seq)
    std::swap(first, second);
  journal_content content{.who = header.who, .events = std::move(first)};
  for (auto& what : second)
    if (content.events.empty() || what.seq > content.events.back().seq)
      content.events.push_back(std::move(what));
  return content;
}

handover_writer::handover_writer(std::span<std::byte> memory) noexcept {
  if (memory.size() < 2 * sizeof handover_magic)
    return;
  std::ranges::fill(memory, std::byte{});
  std::memcpy(memory.data(), &handover_magic, sizeof handover_magic);
  slots_ = memory.subspan(sizeof handover_magic);
}

void handover_writer::mark(command_id id) noexcept {
  if (slots_.empty())
    return;
  if (next_ + sizeof id.value > slots_.size())
    next_ = 0;
  std::memcpy(slots_.data() + next_, &id.value, sizeof id.value);
  __atomic_signal_fence(__ATOMIC_RELEASE); // before the write to the port
  next_ += sizeof id.value;
}

void handover_writer::unmark(command_id id) noexcept {
  for (std::size_t at = 0; at + sizeof id.value <= slots_.size(); at += sizeof id.value)
    if (std::memcmp(slots_.data() + at, &id.value, sizeof id.value) == 0)
      std::memset(slots_.data() + at, 0, sizeof id.value);
}

std::vector<command_id> read_handovers(bytes_view memory) {
  std::vector<command_id> ids;
  std::uint64_t value = 0;
  if (memory.size() < sizeof value)
    return ids;
  std::memcpy(&value, memory.data(), sizeof value);
  if (value != handover_magic)
    return ids;
  for (auto at = sizeof value; at + sizeof value <= memory.size(); at += sizeof value) {
    std::memcpy(&value, memory.data() + at, sizeof value);
    if (value != 0)
      ids.push_back({value});
  }
  return ids;
}

} // namespace xylem
