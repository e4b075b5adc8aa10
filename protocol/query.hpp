#pragma once

#include "protocol/dialect.hpp"
#include "protocol/node_table.hpp"

namespace xylem {

/// A client's question, without what the answer does not depend on: it fits a register.
struct query {
  request_kind kind = request_kind::get; ///< get, history, active_count or node_status
  std::uint8_t max = 0;
  node_address node{};
  type_code code{};
};

/// Answers what clients ask about the nodes of one mesh (wire §4). Holds nothing but room that is
/// used again from one query to the next.
class query_engine {
public:
  query_engine(const node_table& table, const dialect& speech) : table_{table}, speech_{speech} {}

  /// Appends the reply. Tells the failure, if that is the reply.
  std::optional<failure> answer(query asked, bytes& out);

private:
  std::optional<failure> get(query asked, bytes& out);
  std::optional<failure> get_active(type_code code, bytes& out);
  std::optional<failure> history(query asked, bytes& out);
  void node_status_list(bytes& out) const;

  const node_table& table_;
  const dialect& speech_;
  std::vector<reply_reading> readings_;
};

} // namespace xylem
