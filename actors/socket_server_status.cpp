// What a server of clients tells of itself.
#include "actors/socket_server.hpp"

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

boost::json::object socket_server_core::status() const {
  auto cut = ends_.find(session_end::slow_listener);
  return {{"address", acceptor_->address()},
          {"connected", sessions_.size() - turned_away_open_.size()},
          {"listeners", listeners_},
          {"limit", settings_.clients},
          {"accepted", accepted_},
          {"refused", turned_away_},
          {"requests", requests_},
          {"failures", counts_json(failures_)},
          {"listeners_cut", cut == ends_.end() ? 0 : cut->second},
          {"pushes", pushes_},
          {"ended", counts_json(ends_)},
          {"latency",
           {{"push", push_latency_.to_json()}, {"request", request_latency_.to_json()}}}};
}

} // namespace xylem
