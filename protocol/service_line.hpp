#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace xylem {

/// Actors that hold up the start, out of the status document: those that do not run yet, or do not
/// answer, and a gate that does not listen. A port that is not there holds up nothing, nor does a
/// gate that has failed, or an actor that is parked: a degraded gateway is better than none.
std::vector<std::string> still_starting(const boost::json::object& status);

/// How it is in one line for `systemctl status`: `field: up, 812 nodes; yard: down (No such file or
/// directory); 3 clients`, and what is not as it should be. `note` comes last, when there is one.
std::string service_line(const boost::json::object& status, std::string_view note);

/// `starting: waits for recorder, node_cache/field`.
std::string starting_line(const std::vector<std::string>& waiting_for);

} // namespace xylem
