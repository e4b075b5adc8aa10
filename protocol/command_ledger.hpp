#pragma once

#include "protocol/command.hpp"
#include "protocol/failure.hpp"
#include "protocol/limits.hpp"

#include <deque>
#include <variant>

namespace xylem {

enum class command_origin : std::uint8_t { client, gateway };

/// Everything that is known about one command.
struct command_record {
  command_id id;
  command what;
  command_origin origin = command_origin::client;
  command_state state = command_state::accepted;
  instant accepted;
  instant deadline;
  std::optional<wall_time> finished{};
  std::optional<failure> reason{}; ///< of a failed one

  bool operator==(const command_record&) const = default;
};

/// Of this process: accepted = waiting + written + expired + failed + unknown, always.
struct command_counters {
  std::uint64_t accepted = 0;
  std::uint64_t waiting = 0;
  std::uint64_t written = 0;
  std::uint64_t expired = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0; ///< a former process handed it to the port, and never knew it written
  std::uint64_t refused = 0; ///< never accepted

  bool operator==(const command_counters&) const = default;
};

struct ledger_settings {
  std::size_t commands = limits::transmit_queue_commands; ///< that wait at the same time
  std::size_t bytes = limits::transmit_queue_bytes;       ///< of these, see command_size()
  std::size_t finished = limits::finished_commands;       ///< that can still be found
  std::chrono::milliseconds ttl{10'000};

  /// Ledgers of one process share the numbers: mesh i of n takes i + 1, i + 1 + n, …
  std::uint64_t first_id = 1;
  std::uint64_t id_step = 1;
};

/// Bytes of a command in the queue: its message, and the word, address, length and end that the
/// classic dialect adds (wire §3).
std::size_t command_size(const command& what) noexcept;

/// What became of every command of one mesh. Owned by the network manager; the frames themselves
/// wait in the uart actor, which may die: the ledger keeps what it did not write.
/// A record's pointer lives until the next call that is not const. Time never runs backwards.
class command_ledger {
public:
  explicit command_ledger(ledger_settings settings = {});

  /// A client's command, to be submitted to the uart under this number.
  std::variant<command_id, failure> accept(command what, instant now);

  /// The gateway's own command, which no full queue keeps out. Nothing when the link is down or
  /// when the same one waits already.
  std::optional<command_id> accept_own(command what, instant now);

  /// A new uart has opened the port: what waits is to be submitted to it, in this order.
  std::vector<command_record> link_up();

  /// The uart is gone; what it did not write waits for the next one, or for its deadline.
  void link_down() noexcept { connected_ = false; }

  /// The uart reports the last byte. An expired command that was in a burst then counts as
  /// written, for that is the truth. Null when there is nothing new to tell.
  const command_record* written(command_id id, instant now);

  /// A waiting command will never be written. Null when it does not wait.
  const command_record* fail(command_id id, failure reason, instant now);

  /// Those whose deadline has passed; the uart is to cancel them.
  std::vector<command_record> expire(instant now);

  std::optional<mono_time> next_deadline() const noexcept;

  /// Null when the number was never given, or so long ago that it is forgotten.
  const command_record* find(command_id id) const noexcept;

  /// A command of an earlier life, on the clocks of this one; before anything was accepted, in the
  /// order of their numbers. One that waits goes on waiting, and counts as accepted; a finished one
  /// can only be found.
  void restore(const command_record& was);

  /// A restored command that a former process handed to the port: whether it was written nobody
  /// knows, so it is not written again. Null when it does not wait.
  const command_record* give_up(command_id id, instant now);

  /// Numbers are given out above this one from here on.
  void number_from(command_id last) noexcept;

  /// The highest number that was given out here or before; 0: none.
  command_id last_id() const noexcept { return last_id_; }

  /// All that can be found, by their numbers, which is their order of acceptance.
  std::vector<command_record> all() const;

  command_counters counters() const noexcept;
  std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }

private:
  std::optional<failure> refusal(const command& what, command_origin origin) const noexcept;
  command_id add(command what, command_origin origin, instant now);
  const command_record* finish(std::size_t position, command_state state, instant now,
                               std::uint64_t& sum);
  const command_record& forget_the_oldest();
  std::optional<std::size_t> waiting_position(command_id id) const noexcept;

  ledger_settings settings_;
  std::uint64_t next_id_;
  command_id last_id_;
  bool connected_ = false;
  std::deque<command_record> waiting_;  // by id, thus by deadline
  std::deque<command_record> finished_; // oldest first
  std::size_t waiting_bytes_ = 0;
  command_counters counters_; // without waiting
};

} // namespace xylem
