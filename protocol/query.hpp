#pragma once

#include "protocol/dialect.hpp"
#include "protocol/node_table.hpp"

namespace xylem {

/// Answers what clients ask about the nodes of one mesh (wire §4). Holds nothing but room that is
/// used again from one query to the next.
class query_engine {
public:
  query_engine(const node_table& table, const dialect& speech) : table_{table}, speech_{speech} {}

  /// Appends the reply. The request is one of get, history, active_count, node_status and nodes.
  /// Tells the failure, if that is the reply.
  std::optional<failure> answer(const client_request& request, bytes& out);

private:
  std::optional<failure> get(const client_request& request, bytes& out);
  std::optional<failure> get_active(type_code code, bytes& out);
  std::optional<failure> history(const client_request& request, bytes& out);
  void node_status_list(bytes& out) const;
  void nodes(bytes& out) const;

  const node_table& table_;
  const dialect& speech_;
  std::vector<reply_reading> readings_;
};

} // namespace xylem
