#pragma once

#include "protocol/history.hpp"
#include "protocol/node_table.hpp"
#include "protocol/subscriber_filter.hpp"

namespace xylem {

/// A question about the nodes of one mesh that is answered in JSON (web §1).
struct json_query {
  enum class subject : std::uint8_t {
    nodes,         ///< `{"nodes": […], "next"?}`
    node,          ///< a node
    node_readings, ///< `{"readings": […]}`
    reading,       ///< a reading
    readings,      ///< `{"readings": […], "next"?}`
    snapshot,      ///< `"nodes": […], "next"?` of web §3.3: nodes, each with its latest readings
  };

  subject about = subject::nodes;
  node_address node{};
  type_code code{};
  std::optional<node_status> status{};
  std::optional<std::chrono::milliseconds> max_age{};
  std::optional<std::uint64_t> cursor{}; ///< what `next` said: go on after it
  std::uint16_t limit = 100;
  selection<node_address> nodes{}; ///< of a snapshot: only these
  selection<type_code> codes{};    ///< of a snapshot: only readings of these types
};

/// What an answer says beside its text.
struct json_answer {
  std::optional<problem> failed{};
  std::optional<std::uint64_t> next{}; ///< where the next page goes on
  std::uint64_t version = 0; ///< the same as long as the answer is, but for ages
};

/// Answers json_querys about one mesh. Appends text directly: a reading costs no allocation.
class json_query_engine {
public:
  json_query_engine(const node_table& table, const data_type_registry& types, std::string mesh);

  /// Appends a JSON object; nothing when it failed.
  json_answer answer(const json_query& asked, wall_time now, std::string& out) const;

  /// What the table holds of a page of the past, newest first, and one reading more when there is
  /// more; for buckets all of it.
  series_part part_of(const history_query& asked) const;

private:
  /// The node and its series, or why there is none.
  std::variant<const reading_series*, problem> find_series(node_address node,
                                                           type_code code) const;
  problem node_not_found(node_address address) const;
  std::string name_of(node_address address) const;

  const node_table& table_;
  const data_type_registry& types_;
  std::string mesh_; // in details
};

} // namespace xylem
