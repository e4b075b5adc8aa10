#pragma once

#include <caf/error.hpp>

#include <string>

namespace xylem {

/// Why an actor ended. The supervisor decides by it.
enum class gateway_error : std::uint8_t {
  port_unavailable = 1, ///< the port could not be opened: wait for it
  port_lost,            ///< the port was open and is gone: an incident, wait for it
  cannot_serve,         ///< a socket cannot be listened on, or what it needs is not there
  crashed,              ///< an exception left a handler
  gate_lost,            ///< the process that monitors connect to has ended: start another one
};

caf::error make_error(gateway_error code, std::string text);

/// True when `reason` is this error.
bool is(const caf::error& reason, gateway_error code);

/// The text given to make_error(), or how CAF names the reason.
std::string describe(const caf::error& reason);

/// An exception handler for every actor: the exception reaches the supervisor as text.
caf::error to_error(std::exception_ptr& thrown);

} // namespace xylem
