#include "protocol/page_encoder.hpp"

#include "protocol/bytes.hpp"

namespace xylem {

namespace {

/// Every event of an epoch has a number, one after the other.
bool is_whole(cursor from, const event_page& page) noexcept {
  return !page.gap && from.epoch == page.reached.epoch
         && page.events.size() == page.reached.seq - from.seq;
}

} // namespace

std::string_view page_encoder::encode(cursor from, const event_page& page) {
  range wanted{from, page.reached, page.newest};
  auto whole = is_whole(from, page);
  if (whole && kept_ == wanted) {
    write_big(reinterpret_cast<std::byte*>(encoded_.data()), page.serial);
    return encoded_;
  }
  kept_.reset();
  encoded_ = xylem::encode(page);
  if (whole)
    kept_ = wanted;
  return encoded_;
}

} // namespace xylem
