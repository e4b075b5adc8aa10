#pragma once

#include "actors/byte_port.hpp"

#include <boost/asio/io_context.hpp>

namespace xylem {

/// The file that `pattern` names now: itself, or the first match of a glob in sorted order.
/// Nothing when there is none.
std::optional<std::string> resolve_port(const std::string& pattern);

/// True for `tcp://host:port`.
bool is_network_port(const std::string& serial);

/// Opens devices, globs and `tcp://host:port` (a ser2net): raw 8N1, any baud rate, exclusively
/// (TIOCEXCL and flock; a holder is named with its process).
port_opener make_port_opener(boost::asio::io_context& io);

} // namespace xylem
