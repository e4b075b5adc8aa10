// What the recorder is asked, and what it tells of itself.
#include "actors/recorder.hpp"

#include "actors/error.hpp"
#include "protocol/iso_time.hpp"

namespace xylem {

namespace {

/// One series in the database.
class series_in_database final : public recorded_series {
public:
  series_in_database(const history_database& database, series_name name)
      : database_{database}, name_{name} {}

  bool knows_node() const override { return database_.knows(name_.mesh, name_.node); }

  std::vector<reading> readings(const reading_range& range, std::size_t limit) const override {
    return database_.readings(name_, range, limit);
  }

  void for_each_reading(const reading_range& range,
                        const std::function<bool(const reading&)>& visit) const override {
    database_.for_each_reading(name_, range, visit);
  }

private:
  const history_database& database_;
  series_name name_;
};

} // namespace

/// What `read` makes of the database; nothing when it cannot be read now.
template <class Reader>
auto recorder_core::from_database(Reader read) {
  std::optional<decltype(read(*database_))> answer;
  try {
    if (database_)
      answer = read(*database_);
  } catch (const database_error& error) {
    failed(error);
  }
  return answer;
}

caf::result<record_answer> recorder_core::answer(record_query& asked) {
  auto promise = self_->make_response_promise<record_answer>();
  when_up_to_date([this, promise, asked = std::move(asked)]() mutable {
    const auto& types = types_[asked.mesh.value];
    auto what = series_name{asked.mesh, asked.asked.node, asked.asked.code};
    auto answer = from_database([&](const history_database& database) {
      return answer_history(asked.asked, asked.held, series_in_database{database, what}, types);
    });
    promise.deliver(answer ? *std::move(answer)
                           : answer_history(asked.asked, asked.held, types, account::of_memory));
  });
  return promise;
}

caf::result<series_part> recorder_core::answer(const series_query& asked) {
  auto promise = self_->make_response_promise<series_part>();
  when_up_to_date([this, promise, asked]() mutable {
    auto what = series_name{asked.mesh, asked.asked.node, asked.asked.code};
    auto found = from_database([&](const history_database& database) {
      return database.readings(what, range_of(asked.asked), asked.asked.limit);
    });
    if (found)
      promise.deliver(series_part{.readings = *std::move(found)});
    else
      promise.deliver(make_error(gateway_error::crashed, "the record cannot be read"));
  });
  return promise;
}

caf::result<replay_page> recorder_core::replay(const replay_query& asked) {
  auto promise = self_->make_response_promise<replay_page>();
  when_up_to_date([this, promise, asked]() mutable {
    auto page = from_database([&](const history_database& database) {
      return database.read_after(asked, env_.clock.now().wall);
    });
    if (page)
      promise.deliver(*std::move(page));
    else
      promise.deliver(make_error(gateway_error::crashed, "the record cannot be read"));
  });
  return promise;
}

database_usage recorder_core::usage() {
  return from_database([](const history_database& database) { return database.usage(); })
    .value_or(database_usage{});
}

boost::json::object recorder_core::status() {
  auto now = env_.clock.now().wall;
  auto usage = this->usage();
  auto sums = progress_.counters();
  auto time_or_null = [](const std::optional<wall_time>& time) {
    return time ? boost::json::value(iso_time(*time)) : nullptr;
  };
  return {{"state", degraded_.empty() ? "recording" : "degraded"},
          {"reason", degraded_},
          {"events",
           {{"received", sums.received},
            {"recorded", sums.recorded},
            {"not_recorded", sums.not_recorded},
            {"waiting", sums.waiting},
            {"recovered", recovered_events_}}},
          {"position", {{"epoch", progress_.position().epoch}, {"seq", progress_.position().seq}}},
          {"database",
           {{"bytes", usage.file_bytes},
            {"log_bytes", usage.log_bytes},
            {"limit", settings_.recorder.max_bytes},
            {"events", usage.events},
            {"oldest_event", time_or_null(usage.oldest_event)},
            {"set_aside", set_aside_}}},
          {"written_today", budget_.used(now)},
          {"max_bytes_per_day", budget_.bytes_per_day()},
          {"snapshot",
           {{"taken", snapshots_taken_},
            {"time", time_or_null(saved_time_)},
            {"failure", snapshot_failure_}}}};
}

} // namespace xylem
