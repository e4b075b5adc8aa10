#pragma once

#include "protocol/event.hpp"
#include "protocol/failure.hpp"
#include "protocol/history_ring.hpp"
#include "protocol/limits.hpp"

#include <boost/container/small_vector.hpp>

#include <chrono>
#include <deque>
#include <variant>

namespace xylem {

struct node_table_options {
  mesh_index mesh{};
  std::chrono::milliseconds idle_after{60'000};
  std::chrono::milliseconds disconnected_after{180'000};
  std::size_t history_depth = limits::history_depth;
  std::size_t cache_bytes = limits::cache_bytes;
};

struct node_counters {
  std::uint64_t frames = 0;
  std::uint64_t readings = 0;
  std::uint64_t messages = 0;
  std::uint64_t requests = 0;
  std::uint64_t malformed = 0;

  bool operator==(const node_counters&) const = default;
};

struct reading_series {
  type_code code;
  bool ageing = false; ///< more than the latest reading is there
  history_ring ring{}; ///< never empty
};

/// What is known of one node. `heard` is false until it spoke itself: a network snapshot only
/// says that it exists. Laid out so that an update, whose cost is the cache lines that it has to
/// wait for, touches two of them and one in the ring.
struct alignas(64) node {
  node_address address;
  node_status status = node_status::disconnected;
  bool heard = false;
  wall_time last_heard{};
  mono_time silent_since{};
  node_counters counters;
  boost::container::small_vector<reading_series, 2> series;
  wall_time first_heard{};
  std::optional<node_uuid> uuid;

  const reading_series* find(type_code code) const noexcept;
};

struct cache_counters {
  std::size_t readings = 0;
  std::size_t bytes = 0;       ///< what the readings cost, at most `cache_bytes`
  std::uint64_t evicted = 0;   ///< readings that went before their turn, for `cache_bytes`
  std::uint64_t refused = 0;   ///< readings of one type too many for a node or for the cache
};

struct status_counters {
  std::size_t total = 0, active = 0, idle = 0, disconnected = 0;
};

struct saved_node;
struct remote_node;

/// Names one series of a mesh.
struct series_key {
  node_address node;
  type_code code;
};

/// Every node of one mesh, its readings and its liveness. Takes what happened, completes it by
/// what follows from it: nodes that joined or changed their status. Not thread-safe.
class node_table {
public:
  explicit node_table(node_table_options options);

  /// Takes what came from the root and appends it to `out` with its consequences, in order.
  void apply(event&& what, mono_time now, std::vector<event>& out);

  /// Has the processor fetch what these will need, so that it does not wait for one after the
  /// other: with 30,000 nodes an update costs a third then.
  void prefetch(std::span<const series_key> coming) const noexcept;

  /// Moves silent nodes on to idle and disconnected.
  void sweep(instant now, std::vector<event>& out);

  const node* find(node_address address) const noexcept { return nodes_[address.value]; }

  /// A node of an earlier life: disconnected and not heard. What is too much for this table is
  /// dropped as always. A node that is known already stays as it is.
  void restore(const saved_node& was);

  /// What was recorded after restore()'s snapshot, perhaps a little of it again, in order: as if it
  /// were restored with it. Tells nobody and makes no node active.
  void recover(const event& what);

  /// What happened in a mesh that is followed: as it is, nothing follows from it.
  void mirror(const event& what);

  /// How a node is there; tells that it joined, or has another status.
  void mirror(const remote_node& there, wall_time now, std::vector<event>& out);

  /// Nobody tells of the nodes any more: all are disconnected.
  void lose(wall_time now, std::vector<event>& out);

  /// Readings are numbered from here on; of no effect when higher ones were given out.
  void number_from(std::uint64_t last_seq) noexcept { last_seq_ = std::max(last_seq_, last_seq); }
  std::uint64_t last_seq() const noexcept { return last_seq_; }

  /// In ascending order of addresses.
  const std::vector<node_address>& addresses() const noexcept { return addresses_; }

  /// Latest reading of one node, or why there is none.
  std::variant<const reading*, failure> latest(node_address address, type_code code) const noexcept;

  status_counters statuses() const noexcept;
  const cache_counters& cache() const noexcept { return cache_; }

private:
  node& touch(const event& cause, mono_time now, std::vector<event>& out);
  node& insert(node_address address);
  node& add(node_address address, std::optional<node_uuid> uuid, wall_time time,
            std::vector<event>& out);
  void learn(const event& joined, std::vector<event>& out);
  std::uint64_t store(node& owner, const event& what);
  void store_again(node& owner, const event& what, std::uint64_t seq);
  node& known_or_new(node_address address);
  bool is_news(const event& what) const noexcept;
  static std::optional<node_uuid> uuid_in(const event& joined);
  void change(node& subject, node_status status, wall_time time, std::vector<event>& out);
  void disconnect_all(wall_time time, std::vector<event>& out);
  bool may_add_series(const node& owner) const noexcept;
  bool has_its_share(const history_ring& ring) const noexcept;
  void evict_oldest(history_ring& ring);
  void let_age(node& owner, reading_series& series);
  void evict();

  event about(const node& subject, event_kind kind, wall_time time) const;

  /// A series that has an oldest reading to give, and no older one than `seq`.
  struct ageing_series {
    std::uint64_t seq;
    node* owner;
    std::uint32_t index;
  };
  static bool is_younger(const ageing_series& a, const ageing_series& b) { return a.seq > b.seq; }

  node_table_options options_;
  std::deque<node> all_;                // in the order in which they came
  std::vector<node*> nodes_;            // by address
  std::vector<node_address> addresses_; // of those that exist, ascending
  std::vector<ageing_series> by_age_;   // a heap, the oldest first
  std::size_t series_ = 0;
  std::uint64_t last_seq_ = 0;
  cache_counters cache_;
};

} // namespace xylem
