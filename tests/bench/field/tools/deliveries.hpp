#pragma once

#include "tests/bench/field/shared/histogram.hpp"
#include "tests/bench/field/shared/marker.hpp"

#include <boost/json/object.hpp>

#include <vector>

namespace xylem::bench {

/// What came at each of many listeners: how late, in which order, and when the last one had it.
class deliveries {
public:
  explicit deliveries(std::uint32_t listeners) : next_(listeners, 0), listeners_{listeners} {}

  void add(std::uint32_t listener, marker what, std::uint64_t came_ns);

  std::uint64_t count() const noexcept { return each_.count(); }
  std::uint64_t last_ns() const noexcept { return last_ns_; } ///< of any delivery; 0: none yet

  /// `sent`: how many messages every listener should have; 0: not known.
  boost::json::object to_json(std::uint32_t sent) const;

private:
  std::vector<std::uint32_t> next_;    // the number that each listener should get next
  std::vector<std::uint32_t> reached_; // listeners, of each message
  std::uint32_t listeners_;
  histogram each_;
  histogram last_one_;
  std::uint64_t skipped_ = 0;
  std::uint64_t disordered_ = 0;
  std::uint64_t first_sent_ns_ = 0;
  std::uint64_t last_ns_ = 0;
};

} // namespace xylem::bench
