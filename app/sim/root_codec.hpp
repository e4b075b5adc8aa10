#pragma once

#include "protocol/node.hpp"

#include <memory>
#include <variant>
#include <vector>

namespace xylem {

struct sim_reading {
  type_code code;
  bytes_view data;
};

struct sim_identity {
  node_address address;
  node_uuid uuid;
};

enum class sim_command_kind : std::uint8_t {
  network_info,
  send,
  answer, ///< a send that answers a node's request
  broadcast,
  reset_root,
  clean,
  broken,
};

inline constexpr std::size_t sim_command_kinds = 7;

std::string_view to_string(sim_command_kind kind) noexcept;

/// What a gateway wants. The views point into the frame.
struct sim_command {
  sim_command_kind kind = sim_command_kind::broken;
  node_address node{};
  bytes_view message{};
  std::string_view error{}; ///< of a broken one: a literal, what the root says about it
};

/// How a simulated root speaks: its side of one dialect, without state. It shares no code with
/// the gateway's dialect on purpose, so that each of the two checks the other.
/// Every append function writes the payload of one frame.
class root_codec {
public:
  static constexpr std::size_t nodes_a_snapshot = 40; ///< in one frame (wire §2)

  virtual ~root_codec() = default;

  /// An update in three parts, so that readings need not be collected first.
  virtual void append_update(bytes& out, node_address from, std::size_t readings) const = 0;
  virtual void append_reading(bytes& out, type_code code, bytes_view data) const = 0;
  virtual void append_trailer(bytes& out) const = 0;

  /// At most 255 bytes of `text`.
  virtual void append_message(bytes& out, node_address from, bytes_view text) const = 0;
  virtual void append_request(bytes& out, node_address from, bytes_view body) const = 0;
  virtual void append_snapshot(bytes& out, std::span<const sim_identity> nodes) const = 0;
  virtual void append_joined(bytes& out, const sim_identity& node) const = 0;
  virtual void append_restarted(bytes& out) const = 0;

  /// A line of the root about itself.
  virtual void append_log(bytes& out, std::string_view text) const = 0;

  virtual sim_command parse(bytes_view payload) const = 0;
};

/// Nothing when the simulator does not speak that dialect.
std::unique_ptr<const root_codec> make_root_codec(std::string_view dialect);

} // namespace xylem
