#include "protocol/command_json.hpp"

#include "protocol/json.hpp"

namespace xylem {

boost::json::object to_json(const command_record& record, std::string_view mesh) {
  boost::json::object out{{"id", record.id.value},
                          {"mesh", mesh},
                          {"kind", to_string(record.what.kind)},
                          {"node", nullptr},
                          {"state", to_string(record.state)},
                          {"accepted", iso_time(record.accepted.wall)},
                          {"deadline", iso_time(record.deadline.wall)},
                          {"finished", nullptr}};
  if (record.what.kind == command_kind::send)
    out["node"] = record.what.node.value;
  if (record.finished)
    out["finished"] = iso_time(*record.finished);
  if (record.reason)
    out["error"] = to_string(*record.reason);
  return out;
}

} // namespace xylem
