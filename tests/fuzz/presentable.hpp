#pragma once

#include "protocol/problem.hpp"
#include "tests/fuzz/require.hpp"

#include <boost/json.hpp>

namespace xylem {

/// A problem is the client's fault, says something, and is JSON whatever it quotes.
inline void require_presentable(const problem& what) {
  require(status_of(what.kind) >= 400 && status_of(what.kind) < 500);
  require(!what.detail.empty() && what.detail.size() < 1024);
  auto text = boost::json::serialize(to_json(what));
  require(boost::json::parse(text) == boost::json::value(to_json(what))); // throws at no UTF-8
}

} // namespace xylem
