#pragma once

#include <cstdint>

namespace xylem::bench {

/// How much of the machine other programs took: user time alone, because what the kernel does for
/// our terminals and sockets is nobody's.
class foreign_load {
public:
  foreign_load();

  /// Since the beginning, in cores: 0.5 is half of one. Our own children must have ended.
  double cores() const;

private:
  std::uint64_t start_ns_;
  double all_s_;
  double ours_s_;
};

} // namespace xylem::bench
