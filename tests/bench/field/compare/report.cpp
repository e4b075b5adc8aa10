#include "report.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace xylem::bench {

namespace {

std::string fixed(double value, int digits) {
  std::array<char, 64> room{};
  std::snprintf(room.data(), room.size(), "%.*f", digits, value);
  return room.data();
}

/// `1234567` as `1,234,567`; small numbers with three digits.
std::string plain(double value) {
  if (std::abs(value) < 1000)
    return fixed(value, value == std::floor(value) || std::abs(value) >= 100 ? 0
                        : std::abs(value) >= 10                              ? 1
                                                                             : 2);
  auto text = fixed(value, 0);
  for (auto i = static_cast<int>(text.size()) - 3; i > 0; i -= 3)
    text.insert(static_cast<std::size_t>(i), ",");
  return text;
}

std::string shown(std::optional<double> value, std::string_view unit) {
  if (!value)
    return "–";
  if (unit == "bytes")
    return plain(*value / 1024 / 1024) + " MiB";
  if (unit == "MB/s")
    return plain(*value / 1e6) + " MB/s";
  if (unit == "us")
    return plain(*value) + " µs";
  if (unit == "percent")
    return fixed(*value, 3) + " %";
  if (unit == "1/s" || unit == "s")
    return plain(*value) + (unit == "s" ? " s" : "/s");
  return fixed(*value, unit.empty() ? 0 : 2);
}

std::string limit_of(const bar& what) {
  auto times = fixed(what.limit, 2) + " ×";
  switch (what.kind) {
  case bar_kind::at_least_times: return "≥ " + times;
  case bar_kind::at_most_times: return "≤ " + times;
  case bar_kind::at_least: return "≥ " + shown(what.limit, what.unit);
  case bar_kind::at_most: return "≤ " + shown(what.limit, what.unit);
  case bar_kind::always_zero: return "0";
  case bar_kind::reference: return "";
  }
  return {};
}

std::string text_of(verdict result) {
  switch (result) {
  case verdict::met: return "met";
  case verdict::missed: return "NOT MET";
  case verdict::not_measured: return "not measured";
  case verdict::shown: return "";
  }
  return {};
}

/// Of what a terminal shows: UTF-8's further bytes take no room.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & '\xC0') != '\x80'; }));
}

using line = std::array<std::string, 7>;

line line_of(const outcome& each) {
  const auto& what = *each.what;
  auto ratio = each.ratio();
  auto peer = what.peer.empty() ? "" : std::string{what.peer} + " " + shown(each.peer, what.unit);
  auto result = text_of(each.result) + (each.why.empty() ? "" : ": " + each.why);
  return {std::string{what.row},
          std::string{what.what},
          shown(each.ours, what.unit),
          peer,
          ratio ? fixed(*ratio, 2) : "",
          limit_of(what),
          result};
}

} // namespace

std::string table_of(const std::vector<outcome>& outcomes) {
  std::vector<line> lines{{"ROW", "WHAT", "OURS", "PEER", "RATIO", "BAR", ""}};
  for (const auto& each : outcomes)
    lines.push_back(line_of(each));
  std::array<std::size_t, 7> widths{};
  for (const auto& each : lines)
    for (std::size_t i = 0; i < each.size(); ++i)
      widths[i] = std::max(widths[i], width_of(each[i]));
  std::string out;
  for (const auto& each : lines) {
    for (std::size_t i = 0; i + 1 < each.size(); ++i)
      out += each[i] + std::string(widths[i] - width_of(each[i]) + 2, ' ');
    out += each.back() + "\n";
  }
  return out;
}

boost::json::array to_json(const std::vector<outcome>& outcomes) {
  boost::json::array out;
  for (const auto& each : outcomes) {
    auto value = [](std::optional<double> number) {
      return number ? boost::json::value(*number) : boost::json::value(nullptr);
    };
    out.push_back(boost::json::object{{"row", each.what->row},
                                      {"what", each.what->what},
                                      {"unit", each.what->unit},
                                      {"ours", value(each.ours)},
                                      {"peer", each.what->peer},
                                      {"peers", value(each.peer)},
                                      {"ratio", value(each.ratio())},
                                      {"bar", limit_of(*each.what)},
                                      {"result", text_of(each.result)},
                                      {"why", each.why}});
  }
  return out;
}

int exit_code_of(const std::vector<outcome>& outcomes) {
  auto has = [&](verdict wanted) {
    return std::ranges::any_of(outcomes, [=](const auto& each) { return each.result == wanted; });
  };
  if (has(verdict::missed))
    return 1;
  return has(verdict::not_measured) ? 2 : 0;
}

} // namespace xylem::bench
