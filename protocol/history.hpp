#pragma once

#include "protocol/data_type.hpp"
#include "protocol/history_ring.hpp"
#include "protocol/problem.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xylem {

/// Asks for the past of one series (web §1). Without `step` readings, newest first; with it
/// buckets, oldest first.
struct history_query {
  node_address node{};
  type_code code{};
  std::optional<wall_time> from{};                 ///< inclusive
  std::optional<wall_time> to{};                   ///< exclusive
  std::optional<std::uint64_t> cursor{};           ///< what `next` said
  std::optional<std::chrono::milliseconds> step{}; ///< at least 1 s
  std::uint16_t limit = 100;
};

/// What of a series is asked for.
struct reading_range {
  std::optional<wall_time> from{};       ///< inclusive
  std::optional<wall_time> to{};         ///< exclusive
  std::optional<std::uint64_t> before{}; ///< only `seq` below

  bool contains(const reading& what) const noexcept {
    return (!before || what.seq < *before) && (!from || what.time >= *from)
           && (!to || what.time < *to);
  }
};

/// Readings of one series that the node cache holds, newest first, or why there are none.
struct series_part {
  std::optional<problem> failed{};
  std::vector<reading> readings{};
};

/// Where this page lies.
reading_range range_of(const history_query& asked) noexcept;

/// Two accounts of one series, each newest first by `seq`, as one: each `seq` once, at most
/// `limit`.
std::vector<reading> joined(std::span<const reading> one, std::span<const reading> other,
                            std::size_t limit);

/// One field of a bucket.
struct field_summary {
  std::uint64_t count = 0; ///< values that are no NaN
  double min = 0, max = 0, last = 0, sum = 0;
};

/// The readings of one step. Steps begin at multiples of `step` since 1970.
struct history_bucket {
  wall_time begin{};
  std::uint64_t count = 0;
  std::vector<field_summary> fields{}; ///< of the type's numeric fields, in their order
};

/// Sums up readings as they come, in the order of `seq`. Their times ascend, too, but for a clock
/// that was set back: what then falls into an earlier step is added there. Buckets are in the
/// order of time; of more than `max_buckets` the earliest are kept.
class series_summary {
public:
  series_summary(const data_type* type, std::chrono::milliseconds step, std::size_t max_buckets);

  void add(const reading& what);

  /// Takes no bucket behind those that there are.
  void close() noexcept { max_buckets_ = buckets_.size(); }

  /// Nothing comes any more that belongs to what is kept, unless a clock was set back by an hour.
  bool is_full() const noexcept { return full_; }

  /// The first bucket that is not kept: where the next page begins.
  std::optional<wall_time> left_out() const noexcept { return left_out_; }

  const std::vector<history_bucket>& buckets() const noexcept { return buckets_; }
  const data_type* type() const noexcept { return type_; }

private:
  history_bucket* bucket_of(wall_time time);
  void leave_out(wall_time begin) noexcept;
  wall_time begin_of(wall_time time) const noexcept;

  const data_type* type_;
  std::chrono::milliseconds step_;
  std::size_t max_buckets_;
  std::size_t numbers_ = 0; // fields of the type that are numeric
  bool full_ = false;
  std::optional<wall_time> left_out_;
  std::vector<history_bucket> buckets_;
};

/// Whether an answer says all that is known.
enum class account : std::uint8_t {
  whole,
  of_memory, ///< the record was not to be had: `"complete": false`
};

/// Appends `{"readings": […], "next"?, "complete"?}`; `readings` are newest first and may be one
/// more than the limit, which tells that there is more.
void append_history(std::string& out, const history_query& asked,
                    std::span<const reading> readings, const data_type_registry& types,
                    account told = account::whole);

/// Appends `{"step": seconds, "buckets": […], "next"?, "complete"?}`.
void append_summary(std::string& out, const history_query& asked, const series_summary& summary,
                    account told = account::whole);

} // namespace xylem
