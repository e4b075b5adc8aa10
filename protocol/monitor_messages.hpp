#pragma once

#include "protocol/access.hpp"
#include "protocol/command_ledger.hpp"
#include "protocol/data_type.hpp"
#include "protocol/event_ring.hpp"
#include "protocol/problem.hpp"
#include "protocol/saved_state.hpp"
#include "protocol/subscriber_filter.hpp"
#include "protocol/subscriber_queue.hpp"

#include <string>
#include <string_view>

/// What a gate and its monitors tell each other (monitor §3), and its encoding (monitor §4).
namespace xylem {

/// Names one process for as long as it lives.
struct instance_id {
  std::uint64_t value = 0;

  auto operator<=>(const instance_id&) const = default;
};

inline constexpr std::uint16_t monitor_protocol = 1;

struct monitor_hello {
  std::uint16_t protocol = monitor_protocol;
  std::string software{};
  std::string name{};
  instance_id instance{};
  std::vector<instance_id> serves{};

  bool operator==(const monitor_hello&) const = default;
};

struct remote_mesh {
  std::string name{};
  link_state link = link_state::down;
  std::string link_reason{};
  std::vector<data_type> types{};

  bool operator==(const remote_mesh&) const = default;
};

struct gateway_hello {
  std::uint16_t protocol = monitor_protocol;
  std::string software{};
  std::string name{};
  std::string refused{}; ///< why; empty: welcome
  instance_id instance{};
  std::vector<instance_id> serves{}; ///< its own first
  access_scope scope = access_scope::read;
  std::uint32_t generation = 0; ///< another one: something here has changed, ask again
  wall_time now{};
  cursor newest{};
  std::vector<remote_mesh> meshes{}; ///< by mesh_index

  bool operator==(const gateway_hello&) const = default;
};

struct monitor_subscription {
  std::uint32_t serial = 0;
  subscriber_filter filter{};
  subscriber_policy policy = subscriber_policy::drop_oldest;
  std::optional<cursor> from{}; ///< nothing: only what is new
  std::uint32_t credit = 0;     ///< events

  bool operator==(const monitor_subscription&) const = default;
};

struct subscription_answer {
  std::uint32_t serial = 0;
  std::string problem{}; ///< empty: none
  cursor newest{};

  bool operator==(const subscription_answer&) const = default;
};

struct credit_grant {
  std::uint32_t serial = 0;
  std::uint32_t events = 0;

  bool operator==(const credit_grant&) const = default;
};

/// `gap` comes before `events`; who has handled both goes on from `reached`.
struct event_page {
  std::uint32_t serial = 0;
  std::optional<event> gap{}; ///< of kind gap
  std::vector<event> events{};
  cursor reached{};
  cursor newest{};

  bool operator==(const event_page&) const = default;
};

struct nodes_query {
  mesh_index mesh{};
  std::optional<node_address> after{};
  std::uint16_t max = 128;

  bool operator==(const nodes_query&) const = default;
};

struct remote_node {
  node_status status = node_status::disconnected;
  bool heard = false;
  saved_node known{};

  bool operator==(const remote_node&) const = default;
};

struct nodes_page {
  mesh_index mesh{};
  std::string problem{}; ///< empty: none
  std::vector<remote_node> nodes{};
  bool complete = false;
  cursor at{}; ///< what is later may be missing

  bool operator==(const nodes_page&) const = default;
};

enum class report_kind : std::uint8_t { status, metrics, incidents };

struct report_query {
  report_kind kind = report_kind::status;
  std::uint64_t before = 0; ///< incidents below this one, unless it is 0
  std::uint32_t limit = 0;

  bool operator==(const report_query&) const = default;
};

struct report {
  report_kind kind = report_kind::status;
  std::string problem{}; ///< empty: none
  std::string content{};

  bool operator==(const report&) const = default;
};

struct remote_command {
  mesh_index mesh{};
  command what{};

  bool operator==(const remote_command&) const = default;
};

struct remote_command_query {
  command_id id{};

  bool operator==(const remote_command_query&) const = default;
};

struct remote_command_answer {
  mesh_index mesh{};
  std::variant<problem, saved_command> result{problem{}};

  bool operator==(const remote_command_answer&) const = default;
};

struct ping {
  std::uint64_t nonce = 0;

  bool operator==(const ping&) const = default;
};

struct pong {
  std::uint64_t nonce = 0;
  std::vector<instance_id> serves{};
  std::uint32_t generation = 0;
  wall_time now{};

  bool operator==(const pong&) const = default;
};

/// Bounds of monitor §4.
namespace monitor_limits {
inline constexpr std::size_t page_events = 512;
inline constexpr std::size_t page_nodes = 128;
inline constexpr std::size_t series_readings = 1024;
inline constexpr std::size_t page_bytes = 512 * 1024;
inline constexpr std::size_t report_bytes = 900 * 1024;
inline constexpr std::size_t message_bytes = 1024 * 1024;
inline constexpr std::size_t monitor_message_bytes = 16 * 1024;
} // namespace monitor_limits

// One pair a type: decode(encode(x)) == x, and whatever is not the encoding of one is nothing.
// No byte of it makes decode() allocate more than a small multiple of its length. A text or a run of
// bytes that is too long is cut by encode(), a list is the caller's to keep within its bound. The
// time of `event_page::gap` is not told.
std::string encode(const monitor_hello& what);
std::string encode(const gateway_hello& what);
std::string encode(const monitor_subscription& what);
std::string encode(const subscription_answer& what);
std::string encode(const credit_grant& what);
std::string encode(const event_page& what);
std::string encode(const nodes_query& what);
std::string encode(const nodes_page& what);
std::string encode(const report_query& what);
std::string encode(const report& what);
std::string encode(const remote_command& what);
std::string encode(const remote_command_query& what);
std::string encode(const remote_command_answer& what);
std::string encode(const ping& what);
std::string encode(const pong& what);

/// For each of the types above.
template <class Message>
std::optional<Message> decode(std::string_view encoded);

/// Bytes that it takes in a page.
std::size_t encoded_size(const event& what) noexcept;
std::size_t encoded_size(const remote_node& what) noexcept;

/// Leaves out the oldest readings that a page has no room for, though it had no other node.
void trim_to_page(remote_node& what);

} // namespace xylem
