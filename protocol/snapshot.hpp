#pragma once

#include "protocol/saved_state.hpp"

#include <variant>

namespace xylem {

/// Longest body of a snapshot that is written or read (record §3).
inline constexpr std::size_t max_snapshot = 512U << 20;

/// Version of the body.
#ifdef XYLEM_LATER_STATE // tests/packages: what upgrades and rollbacks are tried with
inline constexpr std::uint32_t snapshot_version = 2;
#else
inline constexpr std::uint32_t snapshot_version = 1;
#endif

/// What stands before the body.
inline constexpr std::size_t snapshot_header = 28;

/// The state as a snapshot: checked container and body (record §3). The same state gives the same
/// bytes. Throws std::invalid_argument instead of writing what decode_snapshot() would refuse.
bytes encode_snapshot(const saved_state& state);

/// What encode_snapshot() wrote, or why it is not that; never throws, whatever the bytes are.
std::variant<saved_state, std::string> decode_snapshot(bytes_view file);

/// An unharmed snapshot that only a later version of xylem can read.
bool is_later_snapshot(bytes_view file) noexcept;

} // namespace xylem
