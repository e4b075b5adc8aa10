#include "results.hpp"

#include <boost/json/value.hpp>

#include <algorithm>

namespace xylem::bench {

namespace {

verdict hold(const bar& wanted, double ours, double peer) {
  auto met = true;
  switch (wanted.kind) {
  case bar_kind::at_least_times: met = ours >= wanted.limit * peer; break;
  case bar_kind::at_most_times: met = ours <= wanted.limit * peer; break;
  case bar_kind::at_least: met = ours >= wanted.limit; break;
  case bar_kind::at_most: met = ours <= wanted.limit; break;
  case bar_kind::always_zero: met = ours == 0; break;
  case bar_kind::reference: return verdict::shown;
  }
  return met ? verdict::met : verdict::missed;
}

} // namespace

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::optional<double> outcome::ratio() const {
  if (!ours || !peer || *peer == 0)
    return std::nullopt;
  return *ours / *peer;
}

void results::add(const std::string& row, const std::string& whose, boost::json::object figures) {
  rounds_[{row, whose}].push_back(std::move(figures));
}

void results::add_missing(const std::string& row, const std::string& whose,
                          const std::string& why) {
  missing_[{row, whose}] = why;
}

const std::vector<boost::json::object>& results::rounds(std::string_view row,
                                                        std::string_view whose) const {
  static const std::vector<boost::json::object> none;
  auto found = rounds_.find({std::string{row}, std::string{whose}});
  return found == rounds_.end() ? none : found->second;
}

std::vector<double> results::values(std::string_view row, std::string_view whose,
                                    std::string_view figure) const {
  std::vector<double> out;
  for (const auto& round : rounds(row, whose)) {
    boost::system::error_code error;
    boost::json::value value(round); // braces would make an array
    if (const auto* found = value.find_pointer(figure, error))
      out.push_back(found->to_number<double>());
  }
  return out;
}

std::optional<double> results::median(std::string_view row, std::string_view whose,
                                      std::string_view figure) const {
  auto all = values(row, whose, figure);
  return all.empty() ? std::nullopt : std::optional{median_of(std::move(all))};
}

std::vector<outcome> results::outcomes() const {
  std::vector<outcome> out;
  for (const auto& wanted : bars())
    if (rows_.contains(wanted.row))
      out.push_back(judge(wanted));
  return out;
}

outcome results::judge(const bar& wanted) const {
  outcome out{&wanted, median(wanted.row, wanted.ours, wanted.figure), std::nullopt, {}, {}};
  if (wanted.kind == bar_kind::always_zero && out.ours)
    out.ours = std::ranges::max(values(wanted.row, wanted.ours, wanted.figure));
  if (!wanted.peer.empty())
    out.peer = median(wanted.row, wanted.peer, wanted.figure);
  if (!out.ours || (!wanted.peer.empty() && !out.peer)) {
    out.result = verdict::not_measured;
    out.why = why_missing(wanted.row, out.ours ? wanted.peer : wanted.ours);
    return out;
  }
  out.result = hold(wanted, *out.ours, out.peer.value_or(0));
  return out;
}

std::string results::why_missing(std::string_view row, std::string_view whose) const {
  for (auto name : {std::string{whose}, std::string{}})
    if (auto found = missing_.find({std::string{row}, name}); found != missing_.end())
      return found->second;
  return "no such figure";
}

boost::json::array results::to_json() const {
  boost::json::array out;
  for (const auto& [where, rounds] : rounds_)
    for (std::size_t i = 0; i < rounds.size(); ++i)
      out.push_back(boost::json::object{
          {"row", where.first}, {"of", where.second}, {"round", i + 1}, {"figures", rounds[i]}});
  return out;
}

} // namespace xylem::bench
