#pragma once

#include "actors/settings.hpp"
#include "protocol/command.hpp"
#include "protocol/subscriber_filter.hpp"

#include <boost/json/object.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>

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
  mono_time received{}; ///< when the UART was read; of a replay, when it was asked for
  std::shared_ptr<const std::vector<event>> events{};
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
};

std::string_view to_string(actor_role role) noexcept;

using status_atom = caf::atom_constant<caf::atom("status")>;
using write_atom = caf::atom_constant<caf::atom("write")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;
using ready_atom = caf::atom_constant<caf::atom("ready")>;
using retry_atom = caf::atom_constant<caf::atom("retry")>;
using subscribe_atom = caf::atom_constant<caf::atom("subscribe")>;

/// The addresses of a mesh's actors, sent to each of them whenever one was started anew.
struct mesh_wiring;
using wiring_ptr = std::shared_ptr<const mesh_wiring>;

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
