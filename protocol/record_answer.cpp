#include "protocol/record_answer.hpp"

namespace xylem {

namespace {

class nothing_recorded final : public recorded_series {
public:
  bool knows_node() const override { return false; }
  std::vector<reading> readings(const reading_range&, std::size_t) const override { return {}; }
  void for_each_reading(const reading_range&,
                        const std::function<bool(const reading&)>&) const override {}
};

/// One answer that is being made.
class history_answer {
public:
  history_answer(const history_query& asked, const series_part& held,
                 const recorded_series& record, const data_type_registry& types, account told)
      : asked_{asked}, held_{held}, record_{record}, types_{types}, told_{told} {}

  record_answer made() const {
    if (held_.failed)
      if (auto why = still_failed(*held_.failed))
        return {.failed = std::move(why)};
    record_answer answer;
    if (asked_.step)
      append_summary(answer.body, asked_, summary(), told_);
    else
      append_history(answer.body, asked_, readings(), types_, told_);
    return answer;
  }

private:
  /// The record may know what the node cache has forgotten.
  std::optional<problem> still_failed(const problem& why) const {
    auto is_unknown_node = why.kind == problem_kind::node_not_found;
    if (!is_unknown_node && why.kind != problem_kind::type_not_found)
      return why;
    if (!record_.readings({}, 1).empty())
      return std::nullopt;
    if (is_unknown_node && record_.knows_node())
      return problem{problem_kind::type_not_found,
                     "node " + std::to_string(asked_.node.value) + " is in the record, but no "
                         + to_string(asked_.code) + " of it"};
    return why;
  }

  std::vector<reading> readings() const {
    auto wanted = std::size_t{asked_.limit} + 1;
    return joined(held_.readings, record_.readings(range_of(asked_), wanted), wanted);
  }

  series_summary summary() const {
    series_summary sum{types_.find(asked_.code), *asked_.step, asked_.limit};
    std::size_t seen = 0;
    auto add = [&](const reading& what) {
      sum.add(what);
      if (++seen == readings_of_a_page)
        sum.close();
      return !sum.is_full();
    };
    auto rest = std::span{held_.readings}; // from its end: newest first
    auto add_held = [&] {
      auto& oldest = rest.back();
      rest = rest.first(rest.size() - 1);
      return add(oldest);
    };
    record_.for_each_reading(range_of(asked_), [&](const reading& what) {
      while (!rest.empty() && rest.back().seq < what.seq)
        if (!add_held())
          return false;
      if (!rest.empty() && rest.back().seq == what.seq)
        rest = rest.first(rest.size() - 1);
      return add(what);
    });
    while (!rest.empty() && !sum.is_full())
      add_held();
    return sum;
  }

  const history_query& asked_;
  const series_part& held_;
  const recorded_series& record_;
  const data_type_registry& types_;
  account told_;
};

} // namespace

record_answer answer_history(const history_query& asked, const series_part& held,
                             const recorded_series& record, const data_type_registry& types) {
  return history_answer{asked, held, record, types, account::whole}.made();
}

record_answer answer_history(const history_query& asked, const series_part& held,
                             const data_type_registry& types, account told) {
  return history_answer{asked, held, nothing_recorded{}, types, told}.made();
}

} // namespace xylem
