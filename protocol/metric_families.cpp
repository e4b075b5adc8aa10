#include "protocol/metric_families.hpp"

#include "protocol/event.hpp"
#include "protocol/failure.hpp"
#include "protocol/frame.hpp"

namespace xylem {

namespace {

using enum metric_kind;
using names = std::vector<std::string>;

/// The texts of an enum, up to and with its last value.
template <class Enum>
names texts_of(Enum last) {
  names out;
  for (auto i = 0; i <= static_cast<int>(last); ++i)
    out.emplace_back(to_string(static_cast<Enum>(i)));
  return out;
}

// A label's values are known beforehand, and all of them are there from the start: a rule that
// looks at growth would else miss the first one.
const names any{};
const names states_of_gateway{"ok", "degraded"};
const names states_of_recorder{"recording", "degraded", "off"};
const names states_of_actor{"running", "waiting", "parked"};
const names states_of_link = texts_of(link_state::noisy);
const names states_of_node{"active", "idle", "disconnected"};
const names rejects = texts_of(reject_reason::malformed);
const names failures = texts_of(failure::not_available);
const names ends_of_command{"written", "expired", "failed", "unknown"};
const names ends_of_recorded{"recorded", "not_recorded"};
const names ends_of_client{"closed by the client", "done",
                           "idle",                 "listener too slow",
                           "client reads no replies", "socket error"};
const names ends_of_event{"delivered", "coalesced", "dropped"};
const names states_of_gate{"off", "waiting", "starting", "listening"};
const names ends_of_monitor_event{"sent", "coalesced", "missed"};
const names states_of_following{"connecting", "following", "refused"};
const names classes_of_status{"1xx", "2xx", "3xx", "4xx", "5xx"};

// clang-format off
const std::vector<metric_source>& table() {
  constexpr auto gateway = metric_scope::gateway;
  constexpr auto actor = metric_scope::actor;
  constexpr auto mesh = metric_scope::mesh;
  constexpr auto link = metric_scope::link;
  constexpr auto followed = metric_scope::followed;
  constexpr auto certificate = metric_scope::certificate;
  static const std::vector<metric_source> all{
    // -- the process
    {"xylem_build_info", info, gateway, "version", "version", any,
     "The version that runs."},
    {"xylem_uptime_seconds", gauge, gateway, "uptime_seconds", "", any,
     "Since the gateway was started."},
    {"xylem_gateway_state", states, gateway, "state", "state", states_of_gateway,
     "1 for the state of the gateway; degraded: an actor is parked, or nothing can be recorded."},
    {"process_cpu_seconds_total", counter, gateway, "process.cpu_seconds", "", any,
     "User and system processor time."},
    {"process_resident_memory_bytes", gauge, gateway, "process.resident_bytes", "", any,
     "Memory that is in RAM."},
    {"process_virtual_memory_bytes", gauge, gateway, "process.virtual_bytes", "", any,
     "Memory that is mapped."},
    {"process_threads", gauge, gateway, "process.threads", "", any,
     "Threads."},
    {"process_open_fds", gauge, gateway, "process.open_fds", "", any,
     "File descriptors that are open."},
    {"process_max_fds", gauge, gateway, "process.max_fds", "", any,
     "File descriptors that may be open."},
    {"process_start_time_seconds", gauge, gateway, "process.start_time", "", any,
     "When the gateway was started, Unix time."},

    // -- actors
    {"xylem_actor_up", flag, actor, "answered", "", any,
     "1: the actor runs and has answered; 0: its series are missing."},
    {"xylem_actor_state", states, actor, "state", "state", states_of_actor,
     "1 for the state of the actor; waiting: for its port; parked: it failed too often."},
    {"xylem_actor_restarts_total", counter, actor, "restarts", "", any,
     "How often the actor was started anew."},
    {"xylem_incidents_total", counter, gateway, "incidents.total", "", any,
     "Deaths of actors."},
    {"xylem_restart_seconds", histogram, gateway, "restarts.*", "actor", any,
     "From the death of an actor until it ran again."},

    // -- events
    {"xylem_events_total", counter, gateway, "events.seq", "", any,
     "Events of all meshes."},
    {"xylem_events_sent_total", counter, gateway, "events.sent", "", any,
     "Events that the hub has sent to the actors that subscribe now."},
    {"xylem_event_ring_events", gauge, gateway, "events.ring.events", "", any,
     "Recent events in memory."},
    {"xylem_event_ring_bytes", gauge, gateway, "events.ring.bytes", "", any,
     "Memory of the recent events."},
    {"xylem_event_hub_subscribers", gauge, gateway, "events.subscribing_actors", "", any,
     "Actors that subscribe to events."},

    // -- the record
    {"xylem_recorder_state", states, gateway, "recorder.state", "state", states_of_recorder,
     "1 for the state of the recorder; degraded: it cannot write, the status says why."},
    {"xylem_recorder_events_total", counter, gateway, "recorder.events.received", "", any,
     "Events that were told to be recorded."},
    {"xylem_recorder_events_finished_total", counter, gateway, "recorder.events.*", "outcome",
     ends_of_recorded, "What became of these events."},
    {"xylem_recorder_events_waiting", gauge, gateway, "recorder.events.waiting", "", any,
     "Events that are not recorded yet."},
    {"xylem_recorder_events_recovered_total", counter, gateway, "recorder.events.recovered", "", any,
     "Events that an earlier process had left in its crash journal."},
    {"xylem_recorder_database_bytes", gauge, gateway, "recorder.database.bytes", "", any,
     "The database, without free pages."},
    {"xylem_recorder_database_limit_bytes", gauge, gateway, "recorder.database.limit", "", any,
     "What it may take; 0: no bound."},
    {"xylem_recorder_database_log_bytes", gauge, gateway, "recorder.database.log_bytes", "", any,
     "The write-ahead log beside it."},
    {"xylem_recorder_database_events", gauge, gateway, "recorder.database.events", "", any,
     "Events in it."},
    {"xylem_recorder_oldest_event_timestamp_seconds", time, gateway,
     "recorder.database.oldest_event", "", any, "The oldest of them, Unix time."},
    {"xylem_recorder_databases_set_aside_total", counter, gateway, "recorder.database.set_aside",
     "", any, "Databases that could not be read and were set aside."},
    {"xylem_recorder_written_today_bytes", gauge, gateway, "recorder.written_today", "", any,
     "Written to the disk since midnight, UTC."},
    {"xylem_recorder_write_budget_bytes", gauge, gateway, "recorder.max_bytes_per_day", "", any,
     "What may be written in a day; 0: no bound."},
    {"xylem_recorder_snapshots_total", counter, gateway, "recorder.snapshot.taken", "", any,
     "Snapshots of the state of all nodes."},
    {"xylem_recorder_snapshot_timestamp_seconds", time, gateway, "recorder.snapshot.time", "", any,
     "When the last one was taken, Unix time."},

    // -- link
    {"xylem_link_state", states, link, "link.state", "state", states_of_link,
     "1 for the state of the link."},
    {"xylem_link_opened_timestamp_seconds", time, link, "link.since", "", any,
     "When the port was opened, Unix time."},
    {"xylem_link_last_frame_timestamp_seconds", time, link, "link.last_frame", "", any,
     "When the last frame came since the port was opened, Unix time."},

    // -- traffic
    {"xylem_uart_read_bytes_total", counter, mesh, "uart.bytes_read", "", any,
     "Bytes read from the port; each is in a frame, console text, a reject, or pending."},
    {"xylem_uart_written_bytes_total", counter, mesh, "uart.bytes_written", "", any,
     "Bytes that the port took."},
    {"xylem_uart_frames_total", counter, mesh, "uart.frames", "", any,
     "Frames of the root that were understood."},
    {"xylem_uart_frame_bytes_total", counter, mesh, "uart.frame_bytes", "", any,
     "Bytes of these frames on the wire."},
    {"xylem_uart_console_bytes_total", counter, mesh, "uart.console_bytes", "", any,
     "Bytes outside of frames."},
    {"xylem_uart_pending_bytes", gauge, mesh, "uart.pending_bytes", "", any,
     "Bytes of the frame that is not complete yet."},
    {"xylem_uart_rejects_total", counter, mesh, "uart.rejects.*.count", "reason", rejects,
     "Frames, or what was left of them, that were dropped."},
    {"xylem_uart_rejected_bytes_total", counter, mesh, "uart.rejects.*.bytes", "reason", rejects,
     "Bytes of what was dropped."},
    {"xylem_console_lines_total", counter, mesh, "uart.console.lines", "", any,
     "Lines of the root's console."},
    {"xylem_console_suppressed_lines_total", counter, mesh, "uart.console.suppressed", "", any,
     "Console lines above the rate that is told."},
    {"xylem_console_cut_lines_total", counter, mesh, "uart.console.cut", "", any,
     "Console lines that were too long."},

    {"xylem_capture_records", gauge, mesh, "capture.records", "", any,
     "Pieces of traffic that can be captured."},
    {"xylem_capture_bytes", gauge, mesh, "capture.bytes", "", any,
     "Memory of these."},
    {"xylem_capture_limit_bytes", gauge, mesh, "capture.limit", "", any,
     "What they may take."},
    {"xylem_capture_overwritten_total", counter, mesh, "capture.overwritten", "", any,
     "Pieces of traffic that gave way to newer ones."},

    // -- commands
    {"xylem_commands_accepted_total", counter, mesh, "commands.accepted", "", any,
     "Commands that were accepted."},
    {"xylem_commands_refused_total", counter, mesh, "commands.refused", "", any,
     "Commands that were refused: the queue was full, or the link down."},
    {"xylem_commands_finished_total", counter, mesh, "commands.*", "state", ends_of_command,
     "What became of accepted commands."},
    {"xylem_commands_waiting", gauge, mesh, "commands.waiting", "", any,
     "Accepted commands that are not finished."},
    {"xylem_transmit_queue_commands", gauge, mesh, "uart.transmit_queue.commands", "", any,
     "Commands that wait for a burst."},
    {"xylem_transmit_queue_bytes", gauge, mesh, "uart.transmit_queue.bytes", "", any,
     "Bytes of these commands on the wire."},

    // -- nodes
    {"xylem_nodes", gauge, mesh, "nodes.*", "status", states_of_node,
     "Known nodes."},
    {"xylem_cache_readings", gauge, mesh, "cache.readings", "", any,
     "Readings in memory."},
    {"xylem_cache_bytes", gauge, mesh, "cache.bytes", "", any,
     "Memory of the readings."},
    {"xylem_cache_evicted_total", counter, mesh, "cache.evicted", "", any,
     "Readings that gave way to newer ones because memory was full."},
    {"xylem_cache_refused_total", counter, mesh, "cache.refused", "", any,
     "Readings that were not stored: a node has too many types."},

    // -- clients of the client socket
    {"xylem_clients_connected", gauge, mesh, "clients.connected", "", any,
     "Clients, listeners included."},
    {"xylem_clients_limit", gauge, mesh, "clients.limit", "", any,
     "Clients that may be connected."},
    {"xylem_clients_listening", gauge, mesh, "clients.listeners", "", any,
     "Clients that get pushes."},
    {"xylem_clients_accepted_total", counter, mesh, "clients.accepted", "", any,
     "Connections that were accepted."},
    {"xylem_clients_refused_total", counter, mesh, "clients.refused", "", any,
     "Connections above the limit."},
    {"xylem_clients_ended_total", counter, mesh, "clients.ended.*", "reason", ends_of_client,
     "Connections that ended."},
    {"xylem_client_requests_total", counter, mesh, "clients.requests", "", any,
     "Requests of clients."},
    {"xylem_client_failures_total", counter, mesh, "clients.failures.*", "reason", failures,
     "Requests and connections that failed."},
    {"xylem_pushes_total", counter, mesh, "clients.pushes", "", any,
     "Pushes to listeners; one for three listeners counts as three."},

    // -- clients of the HTTP port
    {"xylem_web_connections", gauge, gateway, "web.connections", "", any,
     "Connections, WebSockets included."},
    {"xylem_web_connections_limit", gauge, gateway, "web.limit", "", any,
     "Connections that may be open."},
    {"xylem_web_websockets", gauge, gateway, "web.websockets", "", any,
     "WebSockets."},
    {"xylem_web_accepted_total", counter, gateway, "web.accepted", "", any,
     "Connections that were accepted."},
    {"xylem_web_refused_total", counter, gateway, "web.turned_away", "", any,
     "Connections above the limit."},
    {"xylem_web_upgraded_total", counter, gateway, "web.upgraded", "", any,
     "Connections that became WebSockets."},
    {"xylem_web_cut_off_total", counter, gateway, "web.cut_off.*", "reason", any,
     "Connections that the gateway ended."},
    {"xylem_web_requests_total", counter, gateway, "web.answers.*", "code", classes_of_status,
     "HTTP requests by the class of their answer's status."},
    {"xylem_web_tokens", gauge, gateway, "web.tokens", "", any,
     "Tokens that are valid; 0: whoever reaches the port may do everything."},
    {"xylem_web_dashboard_suppressed_total", counter, gateway, "web.dashboard_suppressed", "", any,
     "Traffic above the rate that is told to WebSockets that only listen."},
    {"xylem_web_events_total", counter, gateway, "web.streams.published", "", any,
     "Events for WebSockets."},
    {"xylem_web_events_finished_total", counter, gateway, "web.streams.*", "outcome",
     ends_of_event, "What became of these events."},
    {"xylem_web_events_queued", gauge, gateway, "web.streams.queued", "", any,
     "Events that wait for a slow WebSocket."},

    // -- monitors that follow
    {"xylem_gate_state", states, gateway, "monitor_gate.state", "state", states_of_gate,
     "1 for the state of the process that monitors connect to."},
    {"xylem_gate_restarts_total", counter, gateway, "monitor_gate.restarts", "", any,
     "Times that this process has ended by itself, or was ended."},
    {"xylem_monitor_connections", gauge, gateway, "monitor_gate.connected", "", any,
     "Monitors that are connected."},
    {"xylem_monitor_connections_limit", gauge, gateway, "monitor_gate.limit", "", any,
     "Monitors that may be connected."},
    {"xylem_monitor_handshakes", gauge, gateway, "monitor_gate.handshakes", "", any,
     "Connections that are not authenticated yet."},
    {"xylem_monitor_accepted_total", counter, gateway, "monitor_gate.accepted", "", any,
     "Connections of monitors that were authenticated."},
    {"xylem_monitor_refused_total", counter, gateway, "monitor_gate.refused.*", "reason", any,
     "Connections that were refused or ended, by the reason."},
    {"xylem_monitor_events_total", counter, gateway, "monitor_gate.events.*", "outcome",
     ends_of_monitor_event, "What became of events for monitors."},
    {"xylem_gate_fed_events_total", counter, gateway, "monitor_gate.feed.sent", "", any,
     "Events that were handed to the gate."},
    {"xylem_gate_feed_credit_pages", gauge, gateway, "monitor_gate.feed.credit", "", any,
     "Pages of events that the gate would take now."},
    {"xylem_gate_queued_bytes", gauge, gateway, "monitor_gate.feed.queued_bytes", "", any,
     "Pages and answers that the gate has not read yet."},
    {"xylem_gate_memory_events", gauge, gateway, "monitor_gate.memory.events", "", any,
     "Latest events that the gate keeps for monitors."},
    {"xylem_gate_memory_bytes", gauge, gateway, "monitor_gate.memory.bytes", "", any,
     "What they take."},
    {"xylem_certificate_expiry_timestamp_seconds", time, certificate, "not_after", "", any,
     "When the certificate expires."},

    // -- gateways that are followed
    {"xylem_gateway_following", states, followed, "state", "state", states_of_following,
     "1 for how it stands with the gateway."},
    {"xylem_gateway_events_behind", gauge, followed, "behind", "", any,
     "Events that the gateway has and that have not come yet."},
    {"xylem_gateway_events_total", counter, followed, "events", "", any,
     "Events that the gateway has told."},
    {"xylem_gateway_events_missed_total", counter, followed, "missed", "", any,
     "Events that the gateway had no more, as gaps have told."},
    {"xylem_gateway_gaps_total", counter, followed, "gaps", "", any,
     "Times that events were missing."},
    {"xylem_gateway_connections_total", counter, followed, "connections", "", any,
     "Connections to the gateway that were authenticated."},
    {"xylem_gateway_failures_total", counter, followed, "failures", "", any,
     "Attempts that came to nothing, and connections that ended."},
    {"xylem_gateway_received_bytes", gauge, followed, "received_bytes", "", any,
     "Bytes that came over the connection that is open."},

    // -- latency
    {"xylem_push_latency_seconds", histogram, mesh, "clients.latency.push", "api=socket", any,
     "From the read at the UART until its pushes were handed to the system."},
    {"xylem_push_latency_seconds", histogram, gateway, "web.latency.push", "api=websocket", any, ""},
    {"xylem_request_seconds", histogram, mesh, "clients.latency.request", "api=socket", any,
     "From the turn that read a request until its reply was handed to the system."},
    {"xylem_request_seconds", histogram, gateway, "web.latency.request", "api=http", any, ""},
  };
  return all;
}
// clang-format on

} // namespace

std::span<const metric_source> metric_sources() {
  return table();
}

} // namespace xylem
