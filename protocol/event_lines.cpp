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
    if (what.mesh.value < meshes_.size())
      append_event(place.text, what, epoch, meshes_[what.mesh.value], types_[what.mesh.value]);
    else // found a moment ago: the web server is about to be started anew
      append_event(place.text, what, epoch, {}, no_types_);
  }
  return place.text;
}

} // namespace xylem
