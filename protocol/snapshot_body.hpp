#pragma once

#include "protocol/saved_state.hpp"

#include <stdexcept>

namespace xylem {

/// Why bytes are no snapshot, or a state cannot be one.
class snapshot_flaw : public std::invalid_argument {
public:
  using std::invalid_argument::invalid_argument;
};

/// Appends the sections of a state (record §3); throws snapshot_flaw.
void write_snapshot_body(bytes& out, const saved_state& state);

/// Throws snapshot_flaw, or what the archive throws.
saved_state read_snapshot_body(bytes_view body);

} // namespace xylem
