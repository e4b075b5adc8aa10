#pragma once

#include "app/sim/command_reader.hpp"
#include "app/sim/line_faults.hpp"
#include "app/sim/paced_line.hpp"
#include "app/sim/request_book.hpp"
#include "app/sim/sim_statistics.hpp"
#include "app/sim/simulated_node.hpp"
#include "app/sim/step_schedule.hpp"

#include <map>
#include <memory>
#include <utility>

namespace xylem {

enum class port_condition : std::uint8_t {
  attached,
  detached, ///< there is no port
  stalled,  ///< there is one, nobody reads or writes at the root's end
};

/// A root and its mesh without I/O or clock: takes time and what the gateway wrote, returns what
/// is on the wire. The same seed and inputs at the same times give the same bytes; with a rate of
/// updates, however finely advance() is called. Powers up at time 0. Not thread-safe.
class simulated_root {
public:
  /// Throws std::invalid_argument for options out of bounds.
  explicit simulated_root(root_options options);

  /// Somebody opened or closed the port. What the root sends meanwhile is lost.
  void port_opened(sim_time now);
  void port_closed(sim_time now);

  /// Bytes that the gateway wrote.
  void receive(bytes_view written, sim_time now);

  /// Does what is due until `now`; appends to `out` what it puts on the wire, `room` bytes and
  /// the rest of the last frame. Without a rate of updates it fills the room with them.
  void advance(sim_time now, bytes& out, std::size_t room);

  /// When advance() has something to do; nothing: only when something is received.
  std::optional<sim_time> next_due() const noexcept;

  port_condition condition() const noexcept;

  /// When a step interferes with the port: for who cannot write and so has no use for the rest.
  std::optional<sim_time> next_interruption() const noexcept;

  /// True when `count` updates were sent.
  bool finished() const noexcept;

  sim_statistics statistics() const;

  const std::deque<answered_request>& answers() const noexcept { return requests_.answers(); }

private:
  // What can be due, in the order in which things of one moment happen. The interruptions come
  // first: they happen even when the root is stalled or the port takes no more.
  enum class occasion : std::uint8_t {
    step,
    reattach,
    thaw,
    block,
    task,
    join,
    snapshot,
    update,
    message,
    request,
    heartbeat,
    never,
  };
  static constexpr auto occasions = static_cast<std::size_t>(occasion::never);
  static constexpr auto interruptions = static_cast<std::size_t>(occasion::block);
  static constexpr auto never_due = sim_time::max();

  struct task {
    enum class kind : std::uint8_t { boot_log, start, complaint, echo };
    kind what;
    node_address node;
    bytes text;
  };

  sim_time& due(occasion what) noexcept { return due_[static_cast<std::size_t>(what)]; }
  std::pair<occasion, sim_time> next_occasion(std::size_t among) const noexcept;
  bool is_full(std::size_t limit) const noexcept;
  bool is_heard() const noexcept { return listener_ && !detached_; }
  bool is_stalled() const noexcept;
  bool is_flooding() const noexcept;
  void run_until(sim_time now, std::size_t limit);
  void fire(occasion what, sim_time when);

  // simulated_root.cpp: power, port and time
  void boot(sim_time when);
  void start(sim_time when);
  void take_step(sim_time when);
  void apply(const sim_step& step, sim_time when);
  void detach(const sim_step& step, sim_time when);
  void reattach(sim_time when);
  void thaw(sim_time when);
  void skip_turns(sim_time now);

  // simulated_root_traffic.cpp: what the mesh says
  void join(sim_time when);
  void take_turn(occasion what, sim_time when);
  void send_update(std::size_t node, sim_time when, sim_frame kind);
  void flood(sim_time now, std::size_t limit);
  void end_traffic();
  void send_snapshot(sim_time when);
  void transmit(sim_frame kind, sim_time when);
  void print(std::string_view text, sim_time when);

  // simulated_root_commands.cpp: what the gateway wants
  void handle(const command_block& block);
  void obey(const sim_command& command, sim_time when);
  void want_snapshot(sim_time when);
  void clean(sim_time when);
  void deliver(const sim_command& command, sim_time when);
  void broadcast(bytes_view message, sim_time when);
  void take_answer(const sim_command& command);
  void echo(node_address from, bytes_view message, sim_time when);
  void complain(std::string_view text, sim_time when);
  void schedule(sim_time when, task what);
  void run_task();
  bool is_member(node_address node) const noexcept;

  root_options options_;
  std::unique_ptr<const root_codec> codec_;
  std::vector<sim_identity> identities_; // the first `joined_` of them are in the mesh
  std::vector<simulated_node> nodes_;
  sim_random random_;
  line_faults faults_;
  step_schedule steps_;
  command_reader reader_;
  paced_line line_;
  request_book requests_;
  sim_statistics statistics_;

  std::array<sim_time, occasions> due_{};
  std::array<sim_time, occasions> period_{};
  std::multimap<sim_time, task> tasks_;
  bool listener_ = false;
  bool detached_ = false;
  bool boots_when_attached_ = false;
  bool running_ = false;  // false from a boot until the root has started
  bool was_full_ = false; // when advance() returned
  sim_time booted_at_{};
  sim_time mesh_back_at_{}; // nodes are silent before
  sim_time join_began_at_{};
  std::size_t joined_ = 0;
  std::size_t turn_ = 0;      // whose update comes next
  std::size_t beat_ = 0;      // whose heartbeat comes next
  std::uint64_t said_ = 0;    // numbers messages and requests
  std::size_t snapshots_ = 0; // that are wanted
  std::size_t snapshot_at_ = 0;
  bytes* out_ = nullptr; // where transmit() writes; set while advance() runs
  bytes payload_;        // of the frame that is being made
  std::array<std::byte, 255> reading_{};
};

} // namespace xylem
