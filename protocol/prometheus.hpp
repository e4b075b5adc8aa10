#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace xylem {

/// The status document (`GET /api/v1/status`) as Prometheus text, version 0.0.4 (web §4). What is
/// missing in the document is left out: an actor that did not answer has no series but
/// `xylem_actor_up` 0. Which member is which metric: metric_families.cpp.
std::string prometheus_text(const boost::json::object& status);

} // namespace xylem
