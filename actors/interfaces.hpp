#pragma once

#include "actors/messages.hpp"
#include "actors/remote/monitor_types.hpp"

#include <caf/typed_actor.hpp>

/// Every actor of the gateway and every message it takes. All but the recorder run on the I/O
/// thread.
///
///   root ═UART═▶ uart ──root_batch──▶ network_manager ──event_batch──▶ node_cache
///     ▲            ▲                    │       ▲                       ▲ │    │ event_batch
///     ╚══commands══╧◀──transmit_batch───┘       │ with commands  without│ │    ▼
///                                               ├──────request_batch────┘ │  event_hub
///   clients ═TCP═▶ socket_server ───────────────┘◀───the same, answered───┘    │
///                        ▲──────────────────────published──────────────────────┤
///   browsers ═HTTP═▶ web_server ──web_batch──▶ node_cache (of each mesh)       │
///                        ▲──────────────────────published──────────────────────┤
///   uart ──captured──▶ capture (of each mesh)            recorder ◀──────pages───┤
///   monitors ═TLS═▶ xylem gate ═socket pair═▶ monitor_gate ◀────────────pages────┘
///   gateways elsewhere ═TLS═▶ gateway_link ──event_batch──▶ node_cache (of each mesh there)
///   systemd ◀═datagrams═ service_watch ──status──▶ supervisor, every critical actor (service_watch.hpp)
///
/// A batch of requests passes the network manager, if commands are among them, and the node cache
/// (queries) and comes back with its replies, so replies keep the order of the requests.
namespace xylem {

/// The UART owns the port of one mesh, the frame decoder and the transmit scheduler. It dies with
/// the port; the supervisor starts another one when the port is back.
using uart_actor = caf::typed_actor<
  // Learn who the network manager is.
  caf::reacts_to<wiring_ptr>,
  // Put these commands on the wire, in order, as the transmit profile says.
  caf::reacts_to<transmit_batch>,
  // Take back what has not been handed to the port yet.
  caf::reacts_to<cancel_batch>,
  // Write what waits, then quit.
  caf::reacts_to<stop_atom>,
  caf::replies_to<status_atom>::with<actor_status>,
  // INTERNAL: the transmit scheduler may go on.
  caf::reacts_to<write_atom>,
  // INTERNAL: the state of the link may change though nothing is read.
  caf::reacts_to<tick_atom>>;

/// Takes commands for a mesh: its network manager, or the link to the gateway that has it.
using command_desk_actor = caf::typed_actor<
  // Accept or refuse.
  caf::replies_to<command_request>::with<command_answer>,
  // What became of this one.
  caf::replies_to<command_id>::with<command_answer>>;

/// The NETWORK MANAGER routes between one root and everything else, and owns the command ledger.
using network_manager_actor = caf::typed_actor<
  caf::reacts_to<wiring_ptr>,
  // Understand what the root said; what happened goes to the node cache.
  caf::reacts_to<root_batch>,
  // The link is up, down, silent or noisy; what waits is sent when it comes up.
  caf::reacts_to<link_report>,
  caf::reacts_to<written_report>,
  // Accept or refuse the commands among the requests, then hand all to the node cache.
  caf::reacts_to<request_batch>,
  // Accept or refuse a command of the web server.
  caf::replies_to<command_request>::with<command_answer>,
  // What became of this one.
  caf::replies_to<command_id>::with<command_answer>,
  // The ledger, for a snapshot.
  caf::replies_to<save_atom>::with<saved_commands>,
  caf::replies_to<status_atom>::with<actor_status>,
  // INTERNAL: deadlines of commands.
  caf::reacts_to<tick_atom>>;

/// The NODE CACHE owns the nodes of one mesh, their readings and their liveness.
using node_cache_actor = caf::typed_actor<
  caf::reacts_to<wiring_ptr>,
  // Store what happened; that and what follows from it goes to the event hub.
  caf::reacts_to<event_batch>,
  // Answer in order and send it back; an unknown node is an answer, not an error.
  caf::reacts_to<request_batch>,
  // The same in JSON, for the web server.
  caf::reacts_to<web_batch>,
  // The readings of one series, for who joins them with the record.
  caf::replies_to<history_query>::with<series_part>,
  // A page of nodes, for a snapshot.
  caf::replies_to<save_query>::with<saved_nodes>,
  // The same with what their status is, for a monitor.
  caf::replies_to<nodes_query>::with<nodes_page>,
  // Of a mesh that is followed: how its nodes are there, and whether its gateway is reached.
  caf::reacts_to<nodes_page>,
  caf::reacts_to<link_report>,
  caf::replies_to<status_atom>::with<actor_status>,
  // INTERNAL: liveness sweep.
  caf::reacts_to<tick_atom>>;

/// A subscriber of the event hub.
using subscriber_actor = caf::typed_actor<caf::reacts_to<published>>;

/// The CAPTURE keeps the newest traffic of one mesh's serial line.
using capture_actor = caf::typed_actor<
  // Went over the line.
  caf::reacts_to<captured>,
  // A page of what is kept.
  caf::replies_to<capture_query>::with<capture_page>,
  caf::replies_to<status_atom>::with<actor_status>>;

/// The RECORDER writes events and snapshots to the disk, on a thread of its own (record §2, §3).
using recorder_actor = caf::typed_actor<
  caf::reacts_to<gateway_wiring_ptr>,
  // The hub has events behind the recorder's cursor.
  caf::reacts_to<news_atom>,
  // What a mesh was before; asked for by those that start.
  caf::replies_to<restore_query>::with<restored_mesh>,
  // The past of a series, in JSON.
  caf::replies_to<record_query>::with<record_answer>,
  // The newest readings of a series that are recorded.
  caf::replies_to<series_query>::with<series_part>,
  // What came after a cursor that the hub does not have any more, or a gap.
  caf::replies_to<replay_query>::with<replay_page>,
  // Write down what is there, then quit.
  caf::reacts_to<stop_atom>,
  caf::replies_to<status_atom>::with<actor_status>,
  // INTERNAL: the next batch, and what is done now and then.
  caf::reacts_to<tick_atom>>;

/// Waits for events behind its cursor.
using news_reader_actor = caf::typed_actor<caf::reacts_to<news_atom>>;

/// The EVENT HUB numbers the events of all meshes, remembers the latest and tells subscribers.
using event_hub_actor = caf::typed_actor<
  caf::reacts_to<event_batch>,
  // Send what matches from now on; a new filter replaces the subscriber's earlier one.
  caf::reacts_to<subscribe_atom, subscriber_actor, subscriber_filter>,
  // The same, and first what came after the cursor, or a gap.
  caf::reacts_to<subscribe_atom, subscriber_actor, subscriber_filter, cursor>,
  // What came after a cursor, once, or a gap.
  caf::replies_to<replay_query>::with<replay_page>,
  // The same, as soon as there is something after the cursor. One at a time of an actor: an earlier
  // one is answered with an error.
  caf::replies_to<news_atom, replay_query>::with<replay_page>,
  // Tell this reader once, as soon as there is something after the cursor.
  caf::reacts_to<news_atom, news_reader_actor, cursor>,
  caf::replies_to<status_atom>::with<actor_status>>;

/// The SOCKET SERVER owns the acceptor and the sessions of one mesh's client socket (wire §4).
using socket_server_actor = caf::typed_actor<
  caf::reacts_to<wiring_ptr>,
  // What sessions asked, answered.
  caf::reacts_to<request_batch>,
  // Pushes for the listening connections.
  caf::reacts_to<published>,
  // Accept nobody, flush what waits, then quit.
  caf::reacts_to<stop_atom>,
  caf::replies_to<status_atom>::with<actor_status>,
  // INTERNAL: time-outs of sessions.
  caf::reacts_to<tick_atom>>;

/// The WEB SERVER owns the HTTP port of the gateway: REST, WebSocket, metrics, the page (web §1).
using web_server_actor = caf::typed_actor<
  caf::reacts_to<gateway_wiring_ptr>,
  // What connections asked, answered.
  caf::reacts_to<web_batch>,
  // Events for WebSockets.
  caf::reacts_to<published>,
  // Accept nobody, say goodbye, then quit.
  caf::reacts_to<stop_atom>,
  caf::replies_to<status_atom>::with<actor_status>,
  // INTERNAL: time-outs of connections.
  caf::reacts_to<tick_atom>>;

/// What a monitor may ask, and all that it can reach: published by the gate, one a connection
/// (monitor §3). Whoever subscribes gets event_page messages.
using monitor_interface = caf::typed_actor<
  // Who are you, and what do you have? First of all.
  caf::replies_to<monitor_hello>::with<gateway_hello>,
  // Send me what matches, from the cursor on, as long as I have credit.
  caf::replies_to<monitor_subscription>::with<subscription_answer>,
  // I can take that many events more.
  caf::reacts_to<credit_grant>,
  // A page of nodes with their history.
  caf::replies_to<nodes_query>::with<nodes_page>,
  // Status, metrics, incidents.
  caf::replies_to<report_query>::with<report>,
  // Scope `command`; what becomes of it are events.
  caf::replies_to<remote_command>::with<remote_command_answer>,
  caf::replies_to<remote_command_query>::with<remote_command_answer>,
  caf::replies_to<ping>::with<pong>>;

/// The MONITOR GATE starts and watches `xylem gate`, the process that monitors connect to, tells it
/// events and answers what they ask (monitor §6).
using monitor_gate_actor = caf::typed_actor<
  caf::reacts_to<gateway_wiring_ptr>,
  // Other names may follow from now on.
  caf::reacts_to<allow_list>,
  // End the process, then quit.
  caf::reacts_to<stop_atom>,
  caf::replies_to<status_atom>::with<actor_status>,
  // INTERNAL: time-outs of the process.
  caf::reacts_to<tick_atom>>;

/// The GATEWAY LINK follows one gateway elsewhere: connects, goes on from its cursor, tells what
/// happened there, carries commands (monitor §5).
using gateway_link_actor = caf::typed_actor<
  caf::reacts_to<gateway_wiring_ptr>,
  // From the gateway.
  caf::reacts_to<event_page>,
  // Accept or refuse a command for one of its meshes, and what became of it.
  caf::replies_to<command_request>::with<command_answer>,
  caf::replies_to<command_id>::with<command_answer>,
  // Close the connection, then quit.
  caf::reacts_to<stop_atom>,
  caf::replies_to<status_atom>::with<actor_status>,
  // INTERNAL: pings, time-outs, the next attempt.
  caf::reacts_to<tick_atom>>;

/// The SUPERVISOR spawns, watches and restarts every other actor.
using supervisor_actor = caf::typed_actor<
  // The state of the whole gateway; an actor that does not answer is named.
  caf::replies_to<status_atom>::with<actor_status>,
  // `{"incidents": […]}`, the newest first.
  caf::replies_to<incident_query>::with<actor_status>,
  // A uart has opened its port.
  caf::reacts_to<ready_atom, mesh_index>,
  // The recorder knows what was before: the epochs up to this one are taken.
  caf::reacts_to<ready_atom, std::uint64_t>,
  // The gate listens.
  caf::reacts_to<ready_atom, actor_role>,
  // A gateway that is followed has these meshes.
  caf::replies_to<found_meshes>::with<found_answer>,
  // Other names may follow from now on.
  caf::reacts_to<allow_list>,
  // Hand on a command for a mesh by its name.
  caf::reacts_to<named_command>,
  // End in order: flush, close, quit.
  caf::reacts_to<stop_atom>,
  // INTERNAL: repeats that the log has left out are told.
  caf::reacts_to<tick_atom>,
  // INTERNAL: start an actor that waits for its turn, or for its port.
  caf::reacts_to<retry_atom, mesh_index, actor_role, std::uint64_t>,
  // INTERNAL: an actor has had its time to end.
  caf::reacts_to<stop_atom, mesh_index, actor_role>>;

struct mesh_wiring {
  uart_actor uart;
  network_manager_actor network_manager;
  command_desk_actor commands; ///< the network manager, or the link to its gateway
  node_cache_actor node_cache;
  socket_server_actor socket_server;
  capture_actor capture; ///< null: nothing is captured
  event_hub_actor event_hub;
  web_server_actor web_server;
  recorder_actor recorder; ///< null: there is none, or not now
  supervisor_actor supervisor;
};

/// A gateway that is followed.
struct gateway_link_wiring {
  gateway_link_actor link;
  std::vector<mesh_index> meshes; ///< here, by their mesh_index there
};

struct gateway_wiring {
  std::vector<mesh_wiring> meshes; ///< by mesh_index
  std::vector<gateway_link_wiring> gateways; ///< in the order of the settings
  std::vector<instance_id> serves; ///< this node, and whom it follows (monitor §5)
  event_hub_actor event_hub;
  recorder_actor recorder; ///< null: there is none, or not now
  supervisor_actor supervisor;
};

} // namespace xylem

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::mesh_index)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::actor_role)
