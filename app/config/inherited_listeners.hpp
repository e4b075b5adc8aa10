#pragma once

#include "actors/inherited_sockets.hpp"

namespace xylem {

/// Who listens on which socket of the service manager: `web` is the web port's, a mesh's name that
/// mesh's, `clients` that of the only mesh. Each is given to its actor. Returns them as --set takes
/// them, such as `web.listen=0.0.0.0:7654`: the configuration is then checked with the addresses
/// that are really listened on.
std::vector<std::string> give_sockets(inherited_sockets& sockets, const gateway_settings& settings);

} // namespace xylem
