#pragma once

#include <boost/json/object.hpp>

namespace xylem {

/// What this process takes of its machine: `{resident_bytes, virtual_bytes, cpu_seconds, threads,
/// open_fds, max_fds}`. What cannot be found out is left out.
boost::json::object process_usage();

} // namespace xylem
