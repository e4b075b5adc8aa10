#pragma once

#include "servers.hpp"

#include <optional>

namespace xylem::bench {

/// The peer, or nothing and a note in the results that it is not there.
template <class... Arguments>
std::optional<running_server> start_peer(session& run, const std::string& row,
                                         const std::string& name,
                                         running_server (*start)(session&, Arguments...),
                                         std::type_identity_t<Arguments>... arguments) {
  try {
    return start(run, arguments...);
  } catch (const not_installed& error) {
    run.found.add_missing(row, name, error.what());
    run.tell(error.what());
    return std::nullopt;
  }
}

} // namespace xylem::bench
