#pragma once

#include "protocol/monitor_messages.hpp"

namespace xylem {

/// Encodes pages for monitors (monitor §4). Those that follow from the same place get the same
/// bytes, but for the serial in front: the last page that leaves nothing out is kept. Not
/// thread-safe.
class page_encoder {
public:
  /// Of a page that begins behind `from`. Lives until the next call.
  std::string_view encode(cursor from, const event_page& page);

private:
  struct range {
    cursor from{};
    cursor reached{};
    cursor newest{};

    bool operator==(const range&) const = default;
  };

  std::optional<range> kept_; // of what is encoded; nothing: of no whole page
  std::string encoded_;
};

} // namespace xylem
