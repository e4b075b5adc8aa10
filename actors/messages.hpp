#pragma once

#include "actors/settings.hpp"
#include "protocol/capture.hpp"
#include "protocol/command_ledger.hpp"
#include "protocol/json_query.hpp"
#include "protocol/monitor_messages.hpp"
#include "protocol/record_answer.hpp"
#include "protocol/replay.hpp"
#include "protocol/saved_state.hpp"
#include "protocol/subscriber_filter.hpp"
#include "protocol/web_message.hpp"

#include <boost/json/object.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>

#include <functional>
#include <memory>

/// What the actors tell each other. Nothing here leaves the process, so nothing is serialised;
/// what is big is moved along the pipeline, what is shared is const.
namespace xylem {

/// One frame of a root_batch.
struct frame_slice {
  std::uint32_t offset;
  std::uint32_t size;
  std::uint32_t wire_size;
};

/// What one read from the port held, decoded. `sums` are those of the decoder since the port was
/// opened: they outlive the uart actor in the network manager.
struct root_batch {
  instant received{};
  bytes payloads{};
  std::vector<frame_slice> frames{};
  std::vector<std::string> console{};
  frame_counters sums{};
};

/// What happened in one mesh, in order.
struct event_batch {
  instant received{};
  std::vector<event> events{};
};

/// The link of a mesh has another state. `opened` is true on the first report of a uart actor.
struct link_report {
  link_state state = link_state::down;
  std::string reason{};
  bool opened = false;
};

/// A command's frame, encoded and delimited.
struct encoded_command {
  command_id id;
  bytes wire;
};

struct transmit_batch {
  std::vector<encoded_command> commands{};
};

/// The port took `bytes` bytes, and with them the whole frames of these commands.
struct written_report {
  std::vector<command_id> ids{};
  std::size_t bytes = 0;
};

/// Commands that shall not be written any more.
struct cancel_batch {
  std::vector<command_id> ids{};
};

/// A client's request on its way. `payload` is a slice of the batch's bytes. Those that the
/// network manager has dealt with carry their outcome.
struct queued_request {
  enum class outcome : std::uint8_t { open, success, failed };

  std::uint64_t session = 0;
  request_kind kind = request_kind::get;
  command_kind command = command_kind::network_info;
  node_address node{};
  type_code code{};
  std::uint8_t max = 0;
  outcome result = outcome::open;
  failure reason{};
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
};

/// The replies to one session's requests that follow each other, as one run of bytes.
struct session_reply {
  std::uint64_t session;
  std::uint32_t size;
  std::uint32_t requests;
};

/// The requests of one turn over all sessions, in order of arrival, and their replies once
/// the node cache has answered. It travels in a circle and its buffers are used again, so that a
/// request costs no allocation. Those of an earlier round come from actors that are no more.
struct request_batch {
  std::uint64_t round = 0;
  bool has_commands = false; ///< then it goes by the network manager
  mono_time began{};         ///< the turn in which these requests were read
  bytes payloads{};
  std::vector<queued_request> requests{};
  bytes encoded{}; ///< all replies, one after the other
  std::vector<session_reply> replies{};
};

/// Events for one subscriber, numbered by the hub. The first of a subscription may be a gap.
struct published {
  std::uint64_t epoch = 0;
  mono_time received{}; ///< of the batch, when the UART was read; of a replay, when it was asked for
  std::shared_ptr<const std::vector<event>> events{};
};

/// A question of one web connection, and its answer once the node cache has given it.
struct web_question {
  std::uint64_t connection = 0;
  std::uint64_t serial = 0; ///< of that connection
  json_query asked{};
  std::string body{};
  json_answer answer{};
};

/// The questions of one turn over all web connections about one mesh. Travels as request_batch
/// does, and its buffers, too, are used again.
struct web_batch {
  mesh_index mesh{};
  std::vector<web_question> questions{};
};

/// What became of a command, or why it was refused or is not known.
struct command_answer {
  mesh_index mesh{};
  std::variant<command_record, problem> result{problem{}};
};

/// The newest incidents first: those below `before`, unless that is 0.
struct incident_query {
  std::uint64_t before = 0;
  std::size_t limit = 0;
};

/// Asks the recorder for the past of a series; `held` is what the node cache has of it.
struct record_query {
  mesh_index mesh{};
  history_query asked{};
  series_part held{};
};

/// Asks the recorder for the readings of a series, for who joins and encodes them itself.
struct series_query {
  mesh_index mesh{};
  history_query asked{};
};

/// Asks the recorder what a mesh was before: its nodes, or its commands.
struct restore_query {
  enum class part : std::uint8_t { nodes, commands };

  mesh_index mesh{};
  part what = part::nodes;
};
using saved_mesh_ptr = std::shared_ptr<const saved_mesh>;

/// That part of what a mesh was, and events about its nodes that are newer, or are in it already.
/// Null: nothing is known.
struct restored_mesh {
  saved_mesh_ptr was{};
  std::shared_ptr<const std::vector<event>> since{};
  std::vector<command_id> handed_over{}; ///< to the port, by a former process
  std::vector<command_id> untold{};      ///< the log does not know that they were accepted
};

/// Asks the node cache for nodes to be saved, those behind an address.
struct save_query {
  std::optional<node_address> after{};
  std::size_t max_nodes = 0;
};

struct saved_nodes {
  std::vector<saved_node> nodes{};
  std::uint64_t last_reading = 0;
  bool complete = false;
};

struct saved_commands {
  std::vector<saved_command> commands{};
  std::uint64_t last_command = 0;
};

/// Who may follow, as configured.
struct allow_list {
  std::vector<allowed_monitor> names{};
};

/// What a gateway that is followed has. `gateway` is its position in the settings.
struct found_meshes {
  std::size_t gateway = 0;
  std::string name{};
  std::vector<instance_id> serves{};
  std::vector<remote_mesh> meshes{}; ///< by their mesh_index there
};

/// For a mesh by its name, from within the process; `done` is called on the I/O thread.
struct named_command {
  std::string mesh{};
  command what{};
  std::function<void(command_answer)> done{};
};

struct found_answer {
  std::string problem{}; ///< empty: none
};

/// One actor's part of the gateway's status.
struct actor_status {
  boost::json::object body{};
};

/// What kind of actor; with its mesh it names one.
enum class actor_role : std::uint8_t {
  supervisor,
  uart,
  network_manager,
  node_cache,
  socket_server,
  event_hub,
  web_server,
  recorder,
  capture,
  monitor_gate,
  gateway_link,
};

std::string_view to_string(actor_role role) noexcept;

/// There is one for all meshes.
bool is_of_gateway(actor_role role) noexcept;

/// There is one a mesh.
bool is_of_mesh(actor_role role) noexcept;

using status_atom = caf::atom_constant<caf::atom("status")>;
using write_atom = caf::atom_constant<caf::atom("write")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;
using ready_atom = caf::atom_constant<caf::atom("ready")>;
using retry_atom = caf::atom_constant<caf::atom("retry")>;
using save_atom = caf::atom_constant<caf::atom("save")>;
using news_atom = caf::atom_constant<caf::atom("news")>;
using subscribe_atom = caf::atom_constant<caf::atom("subscribe")>;

/// The addresses of a mesh's actors, sent to each of them whenever one was started anew.
struct mesh_wiring;
using wiring_ptr = std::shared_ptr<const mesh_wiring>;

/// The same of all meshes, for who serves all of them.
struct gateway_wiring;
using gateway_wiring_ptr = std::shared_ptr<const gateway_wiring>;

} // namespace xylem

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::root_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::event_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::link_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::transmit_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::written_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::cancel_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::request_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::published)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::subscriber_filter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::cursor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::actor_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::wiring_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::gateway_wiring_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::replay_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::replay_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::web_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::command_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::command_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::command_id)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::incident_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::history_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::series_part)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::record_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::record_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::series_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::restore_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::restored_mesh)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::save_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::saved_nodes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::saved_commands)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::captured)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::allow_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::found_meshes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::found_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::named_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::capture_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(xylem::capture_page)
