#pragma once

#include "protocol/node.hpp"

#include <deque>
#include <map>

namespace xylem {

/// A request of a node and what the gateway's side answered.
struct answered_request {
  node_address node;
  bytes request;
  bytes answer;
};

/// Remembers the newest request of each node until it is answered, and the newest answers.
class request_book {
public:
  static constexpr std::size_t max_answers = 256;

  void ask(node_address node, bytes request) { open_[node] = std::move(request); }

  /// False when the node has no open request.
  bool answer(node_address node, bytes_view text) {
    auto asked = open_.extract(node);
    if (asked.empty())
      return false;
    answers_.push_back({node, std::move(asked.mapped()), copy_of(text)});
    if (answers_.size() > max_answers)
      answers_.pop_front();
    return true;
  }

  void forget_open() { open_.clear(); }

  const std::deque<answered_request>& answers() const noexcept { return answers_; }

private:
  std::map<node_address, bytes> open_;
  std::deque<answered_request> answers_;
};

} // namespace xylem
