#pragma once

#include <boost/json/object.hpp>

namespace xylem {

/// `{"ready": bool, "actors": [{"name", "ready", "state", "waits_for"}]}` out of the status
/// document: every actor runs and has answered. A uart that waits for its port is ready: a lost
/// root is a state of the mesh, not of the gateway.
boost::json::object readiness_of(const boost::json::object& status);

} // namespace xylem
