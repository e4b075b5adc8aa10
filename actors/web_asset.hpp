#pragma once

#include <span>
#include <string_view>

namespace xylem {

/// A file of the page, as it is built into the program.
struct web_asset {
  std::string_view path; ///< `/index.html`
  std::string_view content_type;
  std::string_view tag;  ///< of its content, for ETag: with quotes
  std::string_view gzip; ///< the content, compressed
  std::string_view plain;
};

/// Sorted by path.
using web_assets = std::span<const web_asset>;

} // namespace xylem
