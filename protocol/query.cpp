#include "protocol/query.hpp"

#include <boost/json.hpp>

namespace xylem {

std::optional<failure> query_engine::answer(query asked, bytes& out) {
  std::optional<failure> failed;
  switch (asked.kind) {
    case request_kind::get: failed = get(asked, out); break;
    case request_kind::history: failed = history(asked, out); break;
    case request_kind::active_count: speech_.append_active_count(out, table_.statuses().active); break;
    case request_kind::node_status: node_status_list(out); break;
    default: failed = failure::unknown_command; break;
  }
  if (failed)
    speech_.append_failure(out, *failed);
  return failed;
}

std::optional<failure> query_engine::get(query asked, bytes& out) {
  if (asked.node == root_address || asked.node == every_address)
    return get_active(asked.code, out);
  auto found = table_.latest(asked.node, asked.code);
  if (auto missing = std::get_if<failure>(&found))
    return *missing;
  const auto& latest = *std::get<const reading*>(found);
  reply_reading reply{asked.node, latest.time, latest.data.view()};
  speech_.append_readings(out, asked.code, {&reply, 1}, false);
  return std::nullopt;
}

/// A batch names its nodes in ascending order and has one data length.
std::optional<failure> query_engine::get_active(type_code code, bytes& out) {
  readings_.clear();
  for (auto address : table_.addresses()) {
    const auto& owner = *table_.find(address);
    auto series = owner.status == node_status::active ? owner.find(code) : nullptr;
    if (!series)
      continue;
    const auto& latest = series->ring.newest();
    if (!readings_.empty() && readings_.front().data.size() != latest.data.size())
      return failure::mixed_data_lengths;
    readings_.push_back({address, latest.time, latest.data.view()});
  }
  speech_.append_readings(out, code, readings_, true);
  return std::nullopt;
}

std::optional<failure> query_engine::history(query asked, bytes& out) {
  auto found = table_.latest(asked.node, asked.code);
  if (auto missing = std::get_if<failure>(&found))
    return *missing;
  const auto& ring = table_.find(asked.node)->find(asked.code)->ring;
  readings_.clear();
  for (std::size_t i = 0; i < std::min<std::size_t>(asked.max, ring.size()); ++i)
    readings_.push_back({asked.node, ring.newest(i).time, ring.newest(i).data.view()});
  speech_.append_history(out, asked.code, readings_);
  return std::nullopt;
}

void query_engine::node_status_list(bytes& out) const {
  boost::json::array addresses;
  boost::json::array statuses;
  for (auto address : table_.addresses()) {
    addresses.emplace_back(address.value);
    statuses.emplace_back(table_.find(address)->status == node_status::active ? 1 : 0);
  }
  auto count = addresses.size();
  boost::json::object body{{"node_amount", count},
                           {"node_addr_list", std::move(addresses)},
                           {"node_status_list", std::move(statuses)}};
  speech_.append_json(out, boost::json::serialize(body));
}

} // namespace xylem
