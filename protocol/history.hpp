#pragma once

#include "protocol/data_type.hpp"
#include "protocol/history_ring.hpp"
#include "protocol/problem.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xylem {

/// Asks for the past of one series (web §1). Without `step` readings, newest first; with it buckets,
/// oldest first.
struct history_query {
  node_address node{};
  type_code code{};
  std::optional<wall_time> from{};                 ///< inclusive
  std::optional<wall_time> to{};                   ///< exclusive
  std::optional<std::uint64_t> cursor{};           ///< what `next` said
  std::optional<std::chrono::milliseconds> step{}; ///< at least 1 s
  std::uint16_t limit = 100;
};

/// Two accounts of one series, each newest first by `seq`, as one: each `seq` once, at most `limit`.
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

/// Sums up readings as they come, oldest first (a clock that was set back may repeat a bucket's time: it is the same bucket
/// while it is among the last few).
class series_summary {
public:
  /// Keeps at most `max_buckets`; is_full() then, and what comes is left out.
  series_summary(const data_type* type, std::chrono::milliseconds step, std::size_t max_buckets);

  void add(const reading& what);

  bool is_full() const noexcept;
  const std::vector<history_bucket>& buckets() const noexcept { return buckets_; }

private:
  const data_type* type_;
  std::chrono::milliseconds step_;
  std::size_t max_buckets_;
  bool full_ = false;
  std::vector<history_bucket> buckets_;
};

/// Appends `{"readings": […], "next"?}`; `readings` are newest first and may be one more than the limit, which tells
/// that there is more.
void append_history(std::string& out, const history_query& asked, std::span<const reading> readings,
                    const data_type_registry& types);

/// Appends `{"step": seconds, "buckets": […], "next"?}`.
void append_summary(std::string& out, const history_query& asked, const series_summary& summary,
                    const data_type_registry& types);

} // namespace xylem
