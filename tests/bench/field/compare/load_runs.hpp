#pragma once

#include "servers.hpp"

namespace xylem::bench {

/// `how` are further options of the tool `load`; a later one goes before an earlier one.
boost::json::object run_load(session& run, const served_address& server,
                             const std::vector<std::string>& how);

} // namespace xylem::bench
