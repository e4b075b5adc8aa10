#pragma once

#include <chrono>
#include <cstddef>

/// Every bound on what comes from outside, named once. Those that a user may change are the
/// defaults of settings.hpp and deploy/xylem.toml; a test holds the three together.
namespace xylem::limits {

using namespace std::chrono_literals;

/// Longest frame of a root, decoded bytes (wire §1).
inline constexpr std::size_t max_frame = 4096;

/// Longest console line that is kept, the rest of it is cut off.
inline constexpr std::size_t console_line = 256;

/// Root log events a second; what exceeds it is counted.
inline constexpr std::size_t console_lines_per_second = 20;

/// Longest message of SEND- and BCAST (wire §3: one length byte).
inline constexpr std::size_t max_message = 255;

/// Longest request on the client socket (wire §4).
inline constexpr std::size_t client_request = 1024;

inline constexpr std::size_t clients = 1024;

/// Requests of one client that are on their way through the actors; the rest of what it
/// pipelines is read when their replies have come.
inline constexpr std::size_t requests_under_way = 1024;

/// Reply bytes that wait for a slow client before its requests are no longer read.
inline constexpr std::size_t reply_backlog = 256 * 1024;

inline constexpr std::size_t listener_queue_pushes = 1024;
inline constexpr std::size_t listener_queue_bytes = 1024 * 1024;

inline constexpr std::size_t transmit_queue_commands = 256;
inline constexpr std::size_t transmit_queue_bytes = 64 * 1024;

inline constexpr std::size_t event_ring_events = 65'536;
inline constexpr std::size_t event_ring_bytes = 64 * 1024 * 1024;

inline constexpr std::size_t subscriber_queue_events = 1024;
inline constexpr std::size_t subscriber_queue_bytes = 1024 * 1024;

inline constexpr std::size_t cache_bytes = 64 * 1024 * 1024;
inline constexpr std::size_t history_depth = 128;

/// Connections to the HTTP port, and what each may cost (web §5).
inline constexpr std::size_t web_connections = 1024;
inline constexpr std::size_t web_header = 8 * 1024;
inline constexpr std::size_t web_body = 64 * 1024;
inline constexpr std::size_t web_message = 64 * 1024;
inline constexpr auto web_handshake_time = 5s;
inline constexpr auto web_header_time = 5s;
inline constexpr auto web_body_time = 10s;
inline constexpr auto web_answer_time = 10s; ///< more for an answer that is long
inline constexpr auto web_idle_time = 60s;

/// Requests of a WebSocket that are not answered yet; then the next one is not read.
inline constexpr std::size_t web_requests_under_way = 64;

/// Messages for a WebSocket that only listens.
inline constexpr std::size_t dashboard_queue_messages = 1024;

/// Data types of one node: dynamic types come from the air, so their number is bounded.
inline constexpr std::size_t types_per_node = 64;

/// Finished commands that can still be asked for.
inline constexpr std::size_t finished_commands = 1024;

inline constexpr std::size_t incidents = 1000;

/// Lines of the log that can still be asked for.
inline constexpr std::size_t log_lines = 1000;
inline constexpr std::size_t log_bytes = 512 * 1024;

/// Captured traffic of a mesh, one record of it, and a page of it over HTTP (record §4, web §1.9).
inline constexpr std::size_t capture_bytes = 8 * 1024 * 1024;
inline constexpr std::size_t captured_at_once = 64 * 1024;
inline constexpr std::size_t capture_page_bytes = 64 * 1024;
inline constexpr std::size_t capture_page_records = 1000;

/// Monitors that follow at the same time, and what leads up to one (monitor §1).
inline constexpr std::size_t monitor_connections = 64;
inline constexpr std::size_t monitor_connections_of_name = 4;
inline constexpr std::size_t monitor_handshakes = 64;
inline constexpr std::size_t monitor_handshakes_of_address = 8;
inline constexpr auto monitor_handshake_time = 5s;
inline constexpr std::size_t monitor_handshake_bytes = 64 * 1024;
inline constexpr auto monitor_silence = 15s;

/// What comes at once, and what after that a second (monitor §1).
inline constexpr std::size_t monitor_connects_of_address = 10;
inline constexpr std::size_t monitor_connects_of_address_per_second = 2;
inline constexpr std::size_t monitor_messages = 200;
inline constexpr std::size_t monitor_messages_per_second = 100;
inline constexpr std::size_t monitor_bytes = 1024 * 1024;
inline constexpr std::size_t monitor_bytes_per_second = 1024 * 1024;

/// Addresses whose connections are counted.
inline constexpr std::size_t monitor_addresses = 1024;

/// Events that a gate remembers (monitor §3).
inline constexpr std::size_t gate_ring_events = 16'384;
inline constexpr std::size_t gate_ring_bytes = 16 * 1024 * 1024;

/// The database.
inline constexpr std::uint64_t record_bytes = 2ULL * 1024 * 1024 * 1024;

/// Events of one transaction, and the page cache of the database.
inline constexpr std::size_t recorded_at_once = 1000;
inline constexpr std::size_t database_cache = 4 * 1024 * 1024;

/// How long a request with no length of its own stays open without a byte (wire §4).
inline constexpr auto open_ended_silence = 20ms;

} // namespace xylem::limits
