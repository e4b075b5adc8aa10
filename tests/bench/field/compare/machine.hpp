#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace xylem::bench {

/// Processor, cores, kernel, time, and the versions of `gateway` and of all peers.
boost::json::object describe_machine(const std::string& gateway);

/// One line of it.
std::string summary_of(const boost::json::object& machine);

} // namespace xylem::bench
