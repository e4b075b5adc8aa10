#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xylem {

/// What a metric is made from.
enum class metric_kind : std::uint8_t {
  counter,   ///< a number that only grows, until its actor is started anew
  gauge,     ///< a number
  flag,      ///< true or false
  time,      ///< ISO 8601 text; a gauge of Unix seconds
  states,    ///< text, one of `values`: a gauge for each of them, 1 for the one it is
  info,      ///< text; a gauge that is 1, and has it as label
  histogram, ///< histogram::to_json()
};

/// What a path begins at, and which labels that adds.
enum class metric_scope : std::uint8_t {
  gateway, ///< the document
  mesh,    ///< each mesh: `mesh`
  link,    ///< each mesh whose network manager has answered: else its link is made up. `mesh`
  followed, ///< each gateway that is followed: `gateway`
  certificate, ///< each certificate of the gate: `file`, `name`
  actor,   ///< each actor, with `answered`: `actor`, and `mesh` if it belongs to one
};

/// Where samples of a metric are in the status document.
struct metric_source {
  std::string_view name;
  metric_kind kind;
  metric_scope scope;
  std::string_view path;  ///< members, separated by dots; `*` stands for each member there
  std::string_view label; ///< has what `*` stands for, or the text; `api=http` is one as it is
  std::span<const std::string> values; ///< all that `*` stands for; empty: whatever is there
  std::string_view help;
};

/// Sources of the same metric follow each other; the first one's help is the metric's.
std::span<const metric_source> metric_sources();

} // namespace xylem
