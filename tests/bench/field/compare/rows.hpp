#pragma once

#include "session.hpp"

#include <span>

namespace xylem::bench {

/// Measures one row, round after round, the gateway and its peers in turn.
struct row {
  std::string_view name;
  std::string_view what;
  void (*measure)(session& run);
};

/// In the order in which they run.
std::span<const row> rows();

// What is asked and answered.
void measure_get(session& run);
void measure_get_deep(session& run);
void measure_one_shot(session& run);
void measure_rest(session& run);

// What the root says.
void measure_ingest(session& run);
void measure_ingest_endurance(session& run);
void measure_replug(session& run);

// What is pushed.
void measure_latency(session& run);
void measure_fan_out(session& run);
void measure_fan_out_flood(session& run);
void measure_fan_out_web(session& run);
void measure_slow_listener(session& run);

// Who follows from elsewhere.
void measure_monitors(session& run);

// What it costs.
void measure_idle(session& run);
void measure_memory(session& run);
void measure_growth(session& run);
void measure_decode(session& run);

// What is kept.
void measure_record(session& run);
void measure_restart(session& run);
void measure_month(session& run);

/// Figures of the plots.
void measure_sweeps(session& run);

} // namespace xylem::bench
