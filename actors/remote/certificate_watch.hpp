#pragma once

#include "actors/file_version.hpp"
#include "actors/remote/mutual_tls.hpp"

#include <array>
#include <string>
#include <vector>

namespace xylem {

/// A certificate in a file, for metrics and for people.
struct certificate_state {
  std::string file;
  std::string subject; ///< the common name
  wall_time not_after{};
  std::string problem{}; ///< why nothing is known of the file; empty: the rest is

  bool operator==(const certificate_state&) const = default;
};

/// Looks at the files of a node, and reads them when they have changed. Not thread-safe.
class certificate_watch {
public:
  explicit certificate_watch(tls_files files) : files_{std::move(files)} {}

  /// True when a file is another one than at the last call, also at the first one: then a
  /// mutual_tls that is made now may be another one, too. A call is three stat().
  bool refresh();

  /// The authority or authorities, then the node's own.
  const std::vector<certificate_state>& states() const noexcept { return states_; }

private:
  using versions = std::array<std::optional<file_version>, 3>;

  void read(const std::string& file);

  tls_files files_;
  std::optional<versions> versions_{};
  std::vector<certificate_state> states_{};
};

} // namespace xylem
