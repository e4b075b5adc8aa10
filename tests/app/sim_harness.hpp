#pragma once

#include "app/sim/simulated_root.hpp"
#include "protocol/dialect.hpp"

#include <algorithm>

namespace xylem::testing {

using namespace std::chrono_literals;

/// A mesh that says nothing of its own accord but that it is there.
inline root_options quiet_mesh(std::size_t nodes) {
  root_options options;
  options.nodes = nodes;
  options.join_window = 0s;
  options.rate = 0.000001;
  options.message_rate = 0;
  options.request_rate = 0;
  options.heartbeat = 0s;
  options.reader = reader_kind::immediate;
  return options;
}

/// A frame as the gateway's own codec reads it, with its payload.
struct heard_frame {
  sim_time when;
  root_message_kind kind;
  node_address node;
  std::string payload;                         // what follows the type
  std::map<std::string, std::string> readings; // bytes by type
  std::vector<node_address> nodes;
};

/// Listens to a simulated root in virtual time with the decoder and the codec of the gateway.
class listener {
public:
  explicit listener(root_options options) : root{std::move(options)} { root.port_opened(now); }

  /// Lets the time pass, looking every `step`.
  void pass(sim_time span, sim_time step = 10ms) {
    for (auto end = now + span; now < end;) {
      now = std::min(now + step, end);
      look();
    }
  }

  void look(std::size_t room = 1 << 20) {
    bytes chunk;
    root.advance(now, chunk, room);
    append(wire, chunk);
    decoder.feed(chunk);
    for (auto found = decoder.next(); !std::holds_alternative<need_more>(found);
         found = decoder.next()) {
      if (auto* text = std::get_if<console_view>(&found))
        console += text_of(text->text);
      else
        hear(std::get<frame_view>(found).payload);
    }
  }

  void command(const xylem::command& what) { frame(text_of(codec->encode_command(what))); }

  void frame(std::string_view payload) {
    bytes written;
    append_frame(written, view_of(payload));
    root.receive(written, now);
  }

  std::vector<heard_frame> all(root_message_kind kind) const {
    std::vector<heard_frame> found;
    std::ranges::copy_if(frames, std::back_inserter(found),
                         [&](const auto& heard) { return heard.kind == kind; });
    return found;
  }

  /// The text of messages and log lines since forget().
  std::vector<std::string> texts(root_message_kind kind) const {
    std::vector<std::string> found;
    for (const auto& heard : all(kind))
      found.push_back(kind == root_message_kind::message ? heard.payload.substr(1) : heard.payload);
    return found;
  }

  void forget() {
    frames.clear();
    console.clear();
    wire.clear();
  }

  simulated_root root;
  sim_time now{};
  frame_decoder decoder;
  std::shared_ptr<const dialect> codec = make_dialect("classic");
  std::vector<heard_frame> frames;
  std::string console;
  bytes wire;

private:
  void hear(bytes_view payload) {
    root_message message;
    codec->parse_root(payload, types_, message);
    heard_frame heard{now, message.kind, message.node, std::string{text_of(message.payload)}, {},
                      {}};
    for (const auto& reading : message.readings)
      heard.readings[to_string(reading.code)] = text_of(reading.data);
    for (const auto& node : message.nodes)
      heard.nodes.push_back(node.address);
    frames.push_back(std::move(heard));
  }

  data_type_registry types_;
};

inline std::uint64_t count_of(const std::array<std::uint64_t, sim_actions>& counts,
                              sim_action action) {
  return counts[static_cast<std::size_t>(action)];
}

inline std::uint64_t count_of(const sim_statistics& statistics, sim_command_kind kind) {
  return statistics.commands[static_cast<std::size_t>(kind)];
}

inline std::uint64_t count_of(const sim_statistics& statistics, sim_frame kind) {
  return statistics.frames[static_cast<std::size_t>(kind)];
}

inline sim_step once(sim_action action, sim_time at, sim_time duration = {}) {
  sim_step step;
  step.action = action;
  step.at = at;
  step.duration = duration;
  return step;
}

inline sim_step always(sim_action action, double probability) {
  sim_step step;
  step.action = action;
  step.probability = probability;
  return step;
}

} // namespace xylem::testing
