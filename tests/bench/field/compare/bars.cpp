#include "bars.hpp"

#include <array>

namespace xylem::bench {

namespace {

using enum bar_kind;

constexpr double mib = 1024 * 1024;
constexpr double megabyte = 1e6;

// clang-format off
constexpr std::array table{
  bar{"get", "GET, 8 kept connections", "xylem", "echo", "/rate", "1/s", at_least_times, 0.95},
  bar{"get", "GET, 8 kept connections", "xylem", "redis", "/rate", "1/s", at_least_times, 1},
  bar{"get", "its CPU a request", "xylem", "redis", "/server_cpu_us_per_request", "us", at_most_times, 1},
  bar{"get", "its p99 latency", "xylem", "redis", "/latency_us/p99", "us", reference, 0},
  bar{"get", "its errors", "xylem", "", "/errors", "", always_zero, 0},

  bar{"get-deep", "GET, 8 connections, 16 pipelined", "xylem", "redis", "/rate", "1/s", at_least_times, 1.5},
  bar{"get-deep", "its CPU a request", "xylem", "redis", "/server_cpu_us_per_request", "us", at_most_times, 0.6},
  bar{"get-deep", "the limit", "xylem", "echo", "/rate", "1/s", reference, 0},
  bar{"get-deep", "its errors", "xylem", "", "/errors", "", always_zero, 0},

  bar{"one-shot", "GET, 8 clients, a connection each time", "xylem", "echo", "/rate", "1/s", at_least_times, 0.9},
  bar{"one-shot", "GET, 8 clients, a connection each time", "xylem", "redis", "/rate", "1/s", reference, 0},
  bar{"one-shot", "its CPU a request", "xylem", "echo", "/server_cpu_us_per_request", "us", reference, 0},
  bar{"one-shot", "its errors", "xylem", "", "/errors", "", always_zero, 0},

  bar{"rest", "GET over HTTP, 8 kept connections", "http", "socket", "/rate", "1/s", at_least_times, 0.5},
  bar{"rest", "its CPU a request", "http", "socket", "/server_cpu_us_per_request", "us", reference, 0},
  bar{"rest", "its p99 latency", "http", "socket", "/latency_us/p99", "us", reference, 0},
  bar{"rest", "its errors", "http", "", "/errors", "", always_zero, 0},

  bar{"ingest", "22-byte updates, flat out", "xylem", "raw pty", "/rate", "1/s", at_least_times, 0.7},
  bar{"ingest", "its CPU an update", "xylem", "", "/server_cpu_us_per_frame", "us", reference, 0},
  bar{"ingest", "its lost updates", "xylem", "", "/lost", "", always_zero, 0},
  bar{"ingest", "its rejects", "xylem", "", "/rejected", "", always_zero, 0},
  bar{"ingest", "the same, 186 updates a write", "xylem, 4 KiB", "raw pty, 4 KiB", "/rate", "1/s", reference, 0},
  bar{"ingest", "its lost updates", "xylem, 4 KiB", "", "/lost", "", always_zero, 0},

  bar{"ingest-endurance", "GET at 2,000/s while updates flood, p99", "flooded", "idle", "/latency_us/p99", "us", at_most_times, 2},
  bar{"ingest-endurance", "GET at 2,000/s while updates flood, p99", "flooded", "flooded echo", "/latency_us/p99", "us", reference, 0},
  bar{"ingest-endurance", "the same, p50", "flooded", "idle", "/latency_us/p50", "us", reference, 0},
  bar{"ingest-endurance", "its errors", "flooded", "", "/errors", "", always_zero, 0},
  bar{"ingest-endurance", "memory that came since the start", "xylem", "", "/rss_growth_bytes", "bytes", at_most, mib},
  bar{"ingest-endurance", "its lost updates", "xylem", "", "/lost", "", always_zero, 0},
  bar{"ingest-endurance", "its rejects", "xylem", "", "/rejected", "", always_zero, 0},
  bar{"ingest-endurance", "its rate, and that of the flood beside the echo server", "xylem", "plain reader", "/rate", "1/s", reference, 0},

  bar{"latency", "UART to listener at 500/s, p50", "xylem", "socat", "/latency_us/p50", "us", at_most_times, 1.3},
  bar{"latency", "UART to listener at 500/s, p99", "xylem", "socat", "/latency_us/p99", "us", at_most_times, 1.5},
  bar{"latency", "UART to listener at 500/s, p50", "xylem", "ser2net", "/latency_us/p50", "us", reference, 0},
  bar{"latency", "UART to listener at 500/s, p99", "xylem", "ser2net", "/latency_us/p99", "us", reference, 0},
  bar{"latency", "its lost messages", "xylem", "", "/missed", "", always_zero, 0},

  bar{"fan-out", "1,000 listeners at 20/s, the last one's p99", "xylem", "mosquitto", "/last_one_us/p99", "us", at_most_times, 0.5},
  bar{"fan-out", "1,000 listeners at 20/s, the last one's p99", "xylem", "redis", "/last_one_us/p99", "us", reference, 0},
  bar{"fan-out", "its CPU time", "xylem", "mosquitto", "/server_cpu_s", "s", reference, 0},
  bar{"fan-out", "its lost messages", "xylem", "", "/missed", "", always_zero, 0},

  bar{"fan-out-flood", "1,000 listeners flat out, deliveries", "xylem", "mosquitto", "/rate", "1/s", at_least_times, 5},
  bar{"fan-out-flood", "1,000 listeners flat out, deliveries", "xylem", "redis", "/rate", "1/s", reference, 0},
  bar{"fan-out-flood", "its lost messages", "xylem", "", "/missed", "", always_zero, 0},

  bar{"fan-out-web", "1,000 WebSockets at 20/s, the last one's p99", "websocket", "socket", "/last_one_us/p99", "us", at_most_times, 2},
  bar{"fan-out-web", "its CPU time", "websocket", "socket", "/server_cpu_s", "s", reference, 0},
  bar{"fan-out-web", "its lost messages", "websocket", "", "/missed", "", always_zero, 0},

  bar{"slow-listener", "one of 1,001 never reads: the others' p99", "with", "without", "/latency_us/p99", "us", at_most_times, 1.1},
  bar{"slow-listener", "their lost messages", "with", "", "/missed", "", always_zero, 0},

  bar{"monitors", "5,000 events/s, 20 monitors: CPU of the gateway", "20", "1", "/gateway_percent", "percent", at_most_times, 2},
  bar{"monitors", "the same, one monitor", "1", "0", "/gateway_percent", "percent", reference, 0},
  bar{"monitors", "CPU of its gate, 20 monitors", "20", "1", "/gate_percent", "percent", reference, 0},
  bar{"monitors", "both, 20 monitors", "20", "1", "/both_percent", "percent", reference, 0},
  bar{"monitors", "UART to listener beside 20 monitors, p50", "20, none measured", "0", "/listener/latency_us/p50", "us", reference, 0},
  bar{"monitors", "UART to listener beside 20 monitors, p99", "20, none measured", "0", "/listener/latency_us/p99", "us", at_most_times, 1.2},
  bar{"monitors", "the same, one of them measured, p99", "20", "0", "/listener/latency_us/p99", "us", reference, 0},
  bar{"monitors", "the same, one measured monitor alone, p99", "1", "0", "/listener/latency_us/p99", "us", reference, 0},
  bar{"monitors", "UART to monitor, one, p50", "1", "plain CAF", "/monitor/latency_us/p50", "us", reference, 0},
  bar{"monitors", "UART to monitor, one, p99", "1", "plain CAF", "/monitor/latency_us/p99", "us", at_most_times, 3},
  bar{"monitors", "UART to monitor, one of 20, p50", "20", "plain CAF", "/monitor/latency_us/p50", "us", reference, 0},
  bar{"monitors", "UART to monitor, one of 20, p99", "20", "plain CAF", "/monitor/latency_us/p99", "us", at_most_times, 3},
  bar{"monitors", "events in a page, one of 20", "20", "1", "/monitor/events_per_page", "", reference, 0},
  bar{"monitors", "its lost messages", "20", "", "/monitor/missed", "", always_zero, 0},
  bar{"monitors", "what the others lost", "20", "", "/lost_by_others", "", always_zero, 0},
  bar{"monitors", "what 20 lost of which none is measured", "20, none measured", "", "/lost_by_others", "", always_zero, 0},

  bar{"idle", "idle CPU, 1,000 nodes and a client", "xylem", "", "/cpu_percent", "percent", at_most, 0.1},
  bar{"idle", "the same, recording", "recorded", "xylem", "/cpu_percent", "percent", reference, 0},
  bar{"idle", "the same, recording", "recorded", "", "/cpu_percent", "percent", at_most, 0.1},

  bar{"replug", "port back to first frame, p99", "xylem", "", "/back_us/p99", "us", at_most, 100'000},
  bar{"replug", "ports that did not come back", "xylem", "", "/lost", "", always_zero, 0},

  bar{"memory", "1,000 nodes × 3 types × 128 readings", "1000x3x128", "", "/rss_bytes", "bytes", at_most, 64 * mib},
  bar{"memory", "its lost readings", "1000x3x128", "", "/missing_readings", "", always_zero, 0},
  bar{"memory", "the same, recorded", "1000x3x128, recorded", "", "/rss_bytes", "bytes", at_most, 64 * mib},
  bar{"memory", "its lost readings", "1000x3x128, recorded", "", "/missing_readings", "", always_zero, 0},
  bar{"memory", "the same, restored at a start", "1000x3x128, restored", "", "/rss_bytes", "bytes", at_most, 64 * mib},
  bar{"memory", "its lost readings", "1000x3x128, restored", "", "/missing_readings", "", always_zero, 0},
  bar{"memory", "30,000 nodes × 1 type × 10 readings", "30000x1x10", "", "/rss_bytes", "bytes", at_most, 128 * mib},
  bar{"memory", "its lost readings", "30000x1x10", "", "/missing_readings", "", always_zero, 0},
  bar{"memory", "the same, recorded", "30000x1x10, recorded", "", "/rss_bytes", "bytes", at_most, 128 * mib},
  bar{"memory", "its lost readings", "30000x1x10, recorded", "", "/missing_readings", "", always_zero, 0},
  bar{"memory", "the same, restored at a start", "30000x1x10, restored", "", "/rss_bytes", "bytes", at_most, 128 * mib},
  bar{"memory", "its lost readings", "30000x1x10, restored", "", "/missing_readings", "", always_zero, 0},

  bar{"growth", "GET, CPU a request, 30,000 nodes to 10", "get 30000 nodes", "get 10 nodes", "/server_cpu_us_per_request", "us", at_most_times, 1.3},
  bar{"growth", "GET, CPU a request, 1,000 idle connections to 1", "get 1000 idle", "get 1 idle", "/server_cpu_us_per_request", "us", at_most_times, 1.3},
  bar{"growth", "ingest, CPU an update, 30,000 nodes to 10", "ingest 30000 nodes", "ingest 10 nodes", "/server_cpu_us_per_frame", "us", at_most_times, 1.3},

  bar{"record", "20,000 readings/s, CPU of the I/O thread a reading", "recorded", "plain", "/io_us_per_frame", "us", at_most_times, 1.1},
  bar{"record", "the same, without sync", "not synced", "plain", "/io_us_per_frame", "us", at_most_times, 1.1},
  bar{"record", "CPU of the recorder's thread a reading", "recorded", "", "/recorder_us_per_frame", "us", reference, 0},
  bar{"record", "the same, without sync", "not synced", "", "/recorder_us_per_frame", "us", reference, 0},
  bar{"record", "UART to listener beside it, p50", "recorded", "plain", "/listener/latency_us/p50", "us", reference, 0},
  bar{"record", "UART to listener beside it, p99", "recorded", "plain", "/listener/latency_us/p99", "us", reference, 0},
  bar{"record", "the same without sync, p99", "not synced", "plain", "/listener/latency_us/p99", "us", reference, 0},
  bar{"record", "bytes written for a reading", "recorded", "", "/written_bytes_per_frame", "", reference, 0},
  bar{"record", "readings that were not recorded", "recorded", "", "/not_recorded", "", always_zero, 0},
  bar{"record", "the same, without sync", "not synced", "", "/not_recorded", "", always_zero, 0},
  bar{"record", "events that the sums do not tell", "recorded", "", "/unaccounted", "", always_zero, 0},
  bar{"record", "its lost updates", "recorded", "", "/lost", "", always_zero, 0},

  bar{"restart", "start with 30,000 nodes × 10 readings until a [GET]", "xylem", "", "/get_s", "s", at_most, 1},
  bar{"restart", "the same, until a GET over HTTP", "xylem", "", "/http_s", "s", at_most, 1},
  bar{"restart", "its orderly end", "xylem", "", "/stop_s", "s", reference, 0},

  bar{"month", "43,200 readings of one of 1,000 series, in steps of 1 h", "step 1 h", "", "/seconds", "s", reference, 0},
  bar{"month", "the same, in steps of 1 s", "step 1 s", "", "/seconds", "s", reference, 0},
  bar{"month", "readings that are not in it", "step 1 h", "", "/missing", "", always_zero, 0},

  bar{"decode", "frames of 200 bytes, no escapes", "0 %", "", "/bytes_per_second", "MB/s", at_least, 4000 * megabyte},
  bar{"decode", "frames of 200 bytes, 2 % escapes", "2 %", "", "/bytes_per_second", "MB/s", at_least, 1600 * megabyte},
  bar{"decode", "frames of 200 bytes, 50 % escapes", "50 %", "", "/bytes_per_second", "MB/s", at_least, 600 * megabyte},
};
// clang-format on

} // namespace

std::span<const bar> bars() {
  return table;
}

} // namespace xylem::bench
