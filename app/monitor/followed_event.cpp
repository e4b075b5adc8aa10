#include "app/monitor/followed_event.hpp"

#include "protocol/event_ring.hpp"
#include "protocol/json.hpp"
#include "protocol/json_writer.hpp"

namespace xylem {

namespace {

std::string gap_text(const event& what) {
  auto gap = gap_of(what).value_or(told_gap{});
  auto lost = gap.count == 0 ? std::string{"events"}
                             : std::to_string(gap.count) + (gap.count == 1 ? " event" : " events");
  return lost + " lost: " + std::string{gap.reason};
}

} // namespace

std::string followed_event::text() const {
  if (what.kind == event_kind::reading)
    return describe(types.decode(what.code, what.data.view()), what.data.view());
  return what.kind == event_kind::gap ? gap_text(what) : escaped_text(readable_part(what));
}

std::optional<double> followed_event::number(std::string_view field) const {
  if (what.kind != event_kind::reading)
    return std::nullopt;
  for (const auto& [name, value] : types.decode(what.code, what.data.view()))
    if (name == field)
      return std::visit(
          [](const auto& held) -> std::optional<double> {
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(held)>>)
              return static_cast<double>(held);
            else
              return std::nullopt;
          },
          value);
  return std::nullopt;
}

void followed_event::append_json(std::string& out) const {
  out += "{\"gateway\":";
  append_json_text(out, gateway);
  auto brace = out.size();
  append_event(out, what, reached.epoch, mesh, types);
  out[brace] = ',';
}

} // namespace xylem
