#pragma once

#include "protocol/command_ledger.hpp"

#include <boost/json/object.hpp>

namespace xylem {

/// A command as HTTP and WebSocket tell it (web §1.1).
boost::json::object to_json(const command_record& record, std::string_view mesh);

} // namespace xylem
