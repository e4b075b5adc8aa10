#pragma once

#include "protocol/history.hpp"

#include <functional>

namespace xylem {

/// The JSON of a history (web §1), or why there is none.
struct record_answer {
  std::optional<problem> failed{};
  std::string body{};
};

/// What the record has of one series. May throw what it throws.
class recorded_series {
public:
  virtual ~recorded_series() = default;

  /// The record has something of its node.
  virtual bool knows_node() const = 0;

  /// The newest ones of the range, newest first, at most `limit`.
  virtual std::vector<reading> readings(const reading_range& range, std::size_t limit) const = 0;

  /// All of the range in the order of `seq`; `visit` returns false to stop.
  virtual void for_each_reading(const reading_range& range,
                                const std::function<bool(const reading&)>& visit) const = 0;
};

/// Readings of a series that a page of buckets is made of; a page that has seen more ends with its
/// bucket, so that nobody waits for a long past at once.
inline constexpr std::size_t readings_of_a_page = 500'000;

/// The past of a series: what the node cache holds of it (`held`, of the same query) and what the
/// record has, each reading once. What only one of them knows is an answer.
record_answer answer_history(const history_query& asked, const series_part& held,
                             const recorded_series& record, const data_type_registry& types);

/// The same of a gateway without a record, or of one whose record is not to be had now.
record_answer answer_history(const history_query& asked, const series_part& held,
                             const data_type_registry& types, account told);

} // namespace xylem
