#pragma once

#include "protocol/event.hpp"

namespace xylem {

/// Memory that outlives the process, with the newest events in it (record §5). It has no checksum:
/// a process that dies leaves what it stored, and an entry counts once its length is stored, last.
struct journal_identity {
  std::uint64_t epoch = 0;  ///< of the life of the hub
  std::uint64_t meshes = 0; ///< fingerprint_of() the configured ones: events name them by position

  bool operator==(const journal_identity&) const = default;
};

/// Tells whether two lists of names are the same, in the same order.
std::uint64_t fingerprint_of(std::span<const std::string> names) noexcept;

/// Keeps the newest events: those of one to two halves of the memory. Owned by the event hub.
class journal_writer {
public:
  /// Smaller memory than this holds no event.
  static constexpr std::size_t smallest = 256;

  journal_writer() noexcept = default; ///< keeps nothing

  /// `memory` is aligned to 8 bytes and outlives the writer; what it held is gone.
  journal_writer(std::span<std::byte> memory, journal_identity who) noexcept;

  /// An event that is longer than a half is left out.
  void append(const event& what) noexcept;

private:
  std::span<std::byte> halves_[2];
  std::size_t current_ = 0;
  std::size_t position_ = 0; // in the current half
};

struct journal_content {
  journal_identity who{};
  std::vector<event> events{}; ///< `seq` ascending
};

/// What a journal_writer left, however it ended; nothing when it is none.
std::optional<journal_content> read_journal(bytes_view memory);

/// The numbers of the commands that were handed to the port last (record §5), in the same kind of
/// memory. Owned by the uart.
class handover_writer {
public:
  static constexpr std::size_t memory_size = 8 * 1024;

  handover_writer() noexcept = default; ///< keeps nothing

  /// What the memory held is gone.
  explicit handover_writer(std::span<std::byte> memory) noexcept;

  void mark(command_id id) noexcept;

  /// The port went before it took all of it: it was not handed over.
  void unmark(command_id id) noexcept;

private:
  std::span<std::byte> slots_;
  std::size_t next_ = 0;
};

std::vector<command_id> read_handovers(bytes_view memory);

} // namespace xylem
