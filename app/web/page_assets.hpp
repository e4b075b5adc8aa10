#pragma once

#include "actors/web_asset.hpp"

namespace xylem {

/// The page and the OpenAPI document, as they are built into this program.
web_assets page_assets();

} // namespace xylem
