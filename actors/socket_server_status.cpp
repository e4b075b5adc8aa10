// What a server of clients tells of itself.
#include "actors/socket_server.hpp"

#include "protocol/json.hpp"

namespace xylem {

namespace {

template <class Key>
boost::json::object counts_json(const std::map<Key, std::uint64_t>& counts) {
  boost::json::object out;
  for (auto [key, count] : counts)
    out[to_string(key)] = count;
  return out;
}

} // namespace

/// `streams` are the sums of all subscribers, also of those that have gone.
boost::json::object socket_server_core::status() const {
  boost::json::array watchers;
  auto streams = ended_streams_;
  sessions_.for_each([&](const client_session& session) {
    if (!session.events())
      return;
    auto counters = session.events()->counters();
    streams += counters;
    auto watcher = to_json(counters);
    auto number = std::to_string(sessions_.serial(session.id()));
    watcher["name"] = settings_.name + "/" + number;
    watchers.push_back(std::move(watcher));
  });
  auto cut = ends_.find(session_end::slow_listener);
  return {{"address", acceptor_->address()},
          {"connected", sessions_.size() - turned_away_open_.size()},
          {"listeners", listeners_},
          {"watchers", watchers_},
          {"limit", settings_.clients},
          {"accepted", accepted_},
          {"refused", turned_away_},
          {"requests", requests_},
          {"failures", counts_json(failures_)},
          {"listeners_cut", cut == ends_.end() ? 0 : cut->second},
          {"pushes", pushes_},
          {"ended", counts_json(ends_)},
          {"streams", to_json(streams)},
          {"latency",
           {{"push", push_latency_.to_json()}, {"request", request_latency_.to_json()}}},
          {"subscribers", std::move(watchers)}};
}

} // namespace xylem
