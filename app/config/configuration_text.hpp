#pragma once

#include "actors/settings.hpp"

#include <string>

namespace xylem {

/// Every key with its value, as a file that loads again, for whoever helps: hosts of other machines
/// are replaced by `redacted-1` and so on. There is no other secret in it: tokens and keys are in
/// files, and their paths say nothing.
std::string shown_configuration(const gateway_settings& settings);

} // namespace xylem
