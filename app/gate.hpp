#pragma once

#include "actors/file_descriptor.hpp"

namespace xylem {

/// The descriptor by which a gateway reaches its gate (monitor §6).
inline constexpr int gate_descriptor = 3;

/// Whether a gateway has started this process as its gate.
bool is_gate_of_a_gateway();

/// The process of a gate: one I/O thread, and CAF's BASP on it. Ends the process, when its gateway
/// wants it or is gone with 0, when it cannot listen with 1.
[[noreturn]] void run_gate(file_descriptor gateway);

} // namespace xylem
