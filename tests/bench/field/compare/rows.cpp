#include "rows.hpp"

#include <array>

namespace xylem::bench {

namespace {

constexpr std::array table{
    row{"get", "cached readings, kept connections", measure_get},
    row{"get-deep", "cached readings, pipelined", measure_get_deep},
    row{"one-shot", "cached readings, a connection each", measure_one_shot},
    row{"rest", "cached readings over HTTP", measure_rest},
    row{"ingest", "updates of the root, flat out", measure_ingest},
    row{"ingest-endurance", "updates flat out for a minute, with clients",
        measure_ingest_endurance},
    row{"latency", "from the UART to a listener", measure_latency},
    row{"fan-out", "1,000 listeners, paced", measure_fan_out},
    row{"fan-out-flood", "1,000 listeners, flat out", measure_fan_out_flood},
    row{"fan-out-web", "1,000 WebSockets, paced", measure_fan_out_web},
    row{"slow-listener", "one listener never reads", measure_slow_listener},
    row{"monitors", "gateways elsewhere follow 5,000 events/s", measure_monitors},
    row{"idle", "CPU of a gateway that has nothing to do", measure_idle},
    row{"replug", "the cable is pulled, many times", measure_replug},
    row{"memory", "full history", measure_memory},
    row{"growth", "cost against nodes and connections", measure_growth},
    row{"record", "20,000 readings/s, recorded and not", measure_record},
    row{"restart", "until a gateway answers from what it kept", measure_restart},
    row{"month", "a history of many readings by steps", measure_month},
    row{"decode", "the frame decoder alone", measure_decode},
    row{"sweeps", "figures of the plots", measure_sweeps},
};

} // namespace

std::span<const row> rows() {
  return table;
}

} // namespace xylem::bench
