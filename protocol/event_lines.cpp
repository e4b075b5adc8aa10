#include "protocol/event_lines.hpp"

#include "protocol/json.hpp"

namespace xylem {

/// A gap has the seq of an event that another subscriber gets: it is never kept.
std::string_view event_lines::text_of(std::uint64_t epoch, const event& what) {
  auto keeps = what.kind != event_kind::gap;
  auto& place = keeps ? lines_[what.seq % kept] : other_;
  if (!keeps || place.epoch != epoch || place.seq != what.seq) {
    place.epoch = epoch;
    place.seq = what.seq;
    place.text.clear();
    append_event(place.text, what, epoch, meshes_[what.mesh.value], types_[what.mesh.value]);
  }
  return place.text;
}

} // namespace xylem
