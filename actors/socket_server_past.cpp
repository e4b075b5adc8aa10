// `[HIS]` of more than the node cache holds: the rest is in the record (wire §4). Such a request
// runs alone in its session, so replies keep their order and nobody else waits.
#include "actors/socket_server.hpp"

namespace xylem {

namespace {

/// Clients of the field wait for some seconds; then what the node cache holds is better than more.
constexpr auto past_timeout = std::chrono::seconds{1};

/// Questions to the recorder at a time; who comes then gets what the node cache holds.
constexpr std::size_t most_records = 64;

} // namespace

void socket_server_core::ask_past(std::uint64_t session, const client_request& request) {
  past_request past{session, batch_.round, now_,
                    {.node = request.node, .code = request.code, .limit = request.max}};
  self_->request(node_cache_, past_timeout, past.asked)
    .then(
      [this, past](series_part& held) {
        if (!held.failed && held.readings.size() >= past.asked.limit)
          answer_past(past, std::span{held.readings}.first(past.asked.limit));
        else
          ask_record(past, std::move(held));
      },
      [this, past](const caf::error&) { answer_of_memory(past); });
}

void socket_server_core::ask_record(const past_request& request, series_part&& held) {
  if (!recorder_ || records_under_way_ >= most_records)
    return answer_of_memory(request);
  ++records_under_way_;
  self_->request(recorder_, past_timeout, series_query{mesh_, request.asked})
    .then(
      [this, request, held = std::move(held)](const series_part& recorded) {
        --records_under_way_;
        if (recorded.readings.empty())
          answer_of_memory(request); // which also knows why there are none
        else
          answer_past(request, joined(held.readings, recorded.readings, request.asked.limit));
      },
      [this, request](const caf::error&) {
        --records_under_way_;
        answer_of_memory(request);
      });
}

void socket_server_core::answer_past(const past_request& request,
                                     std::span<const reading> readings) {
  if (request.round != batch_.round)
    return; // it was told that its node cache is no more
  std::vector<reply_reading> told;
  for (const auto& each : readings)
    told.push_back({request.asked.node, each.time, each.data.view()});
  bytes reply;
  speech_->append_history(reply, request.asked.code, told);
  serve(request.session, [&](client_session& who) { who.deliver(reply, 1); });
  answered_.push_back({request.began, 1});
  if (in_turn_)
    return; // which looks at the clock
  look_at_clock();
  settle_latencies();
}

/// As without a record.
void socket_server_core::answer_of_memory(const past_request& request) {
  if (request.round == batch_.round)
    enqueue(request.session, {.kind = request_kind::history,
                              .node = request.asked.node,
                              .code = request.asked.code,
                              .max = static_cast<std::uint8_t>(request.asked.limit)});
}

} // namespace xylem
