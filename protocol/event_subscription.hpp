#pragma once

#include "protocol/json_query.hpp"
#include "protocol/replay.hpp"
#include "protocol/web_message.hpp"

namespace xylem {

/// One subscription of a WebSocket (web §3.3): what is published, replayed and shown in snapshots,
/// in the order in which it is to be sent. Its owner fetches pages when asked to, one replay and
/// one snapshot page at a time. Not thread-safe.
class event_subscription {
public:
  /// A page of the snapshot that is to be fetched.
  struct snapshot_page {
    mesh_index mesh{};
    json_query query{};
  };

  struct events_message {
    std::vector<event> events;
    cursor seen; ///< where who has got this may go on
  };

  struct snapshot_message {
    mesh_index mesh{};
    std::string nodes; ///< `"nodes": […]`
    bool last = false;
  };

  using message = std::variant<std::monostate, events_message, snapshot_message>;

  event_subscription(subscribe_request wanted, std::size_t meshes);

  const subscriber_filter& filter() const noexcept { return wanted_.filter; }
  subscriber_policy policy() const noexcept { return wanted_.policy; }

  /// From where it gets events; nothing until the first page of the replay has come.
  const std::optional<cursor>& begin() const noexcept { return begin_; }

  // -- in

  /// What was published. False: it was too slow for its policy, and is to be disconnected.
  bool offer(std::uint64_t epoch, const event& what);

  /// The hub was restarted: what was missed is asked for again, and will be a gap.
  void hub_restarted();

  void replayed(replay_page page);

  /// The hub does not answer; it will be asked again.
  void replay_failed() noexcept { replay_asked_ = false; }
  void page_arrived(const json_answer& answer, std::string nodes);

  // -- what is to be fetched; each is asked for once

  std::optional<replay_query> wanted_replay();
  std::optional<snapshot_page> wanted_page();

  // -- out

  message next(std::size_t max_events);

  /// Nothing to send now.
  bool idle() const noexcept { return !page_ && queue_.empty() && !gap_; }

  subscriber_counters counters() const noexcept;

private:
  void start_snapshot() noexcept;
  void advance_snapshot(const json_answer& answer);
  void skip_unwanted_meshes() noexcept;
  json_query page_query() const;
  cursor seen() const noexcept;

  subscribe_request wanted_;
  std::size_t meshes_;
  subscriber_queue queue_;
  std::optional<cursor> begin_;

  std::optional<cursor> reached_; // everything up to here was offered or does not match
  bool catching_up_ = true;       // what is published is still to be replayed
  bool replay_asked_ = false;
  std::optional<event> gap_;

  std::size_t snapshot_mesh_; // == meshes_: no snapshot is under way
  std::optional<std::uint64_t> snapshot_cursor_;
  bool page_asked_ = false;
  bool restart_snapshot_ = false; // a gap came while a page was being fetched
  bool snapshot_due_ = false;     // its queue was full; once it has caught up, not before
  std::optional<snapshot_message> page_;
};

} // namespace xylem
