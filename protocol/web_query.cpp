#include "protocol/iso_time.hpp"
#include "protocol/spelling.hpp"
#include "protocol/web_target.hpp"

#include <charconv>
#include <cmath>

namespace xylem {

namespace {

using text = std::string_view;

struct parameter {
  text name;
  text expected;
};

// In the order of web_parameter.
constexpr std::array<parameter, 7> parameters{{
    {"status", "active, idle or disconnected"},
    {"max_age", "seconds, 0 to 1000000000"},
    {"from", "a time such as 2026-01-31T12:00:00Z, or Unix seconds"},
    {"to", "a time such as 2026-01-31T12:00:00Z, or Unix seconds"},
    {"limit", "a number from 1 to 1000"},
    {"cursor", "what `next` said"},
    {"step", "whole seconds, 1 to 31536000"},
}};

static_assert(parameters.size() == static_cast<std::size_t>(web_parameter::step) + 1);

constexpr double most_seconds_ever = 253'402'300'799.999; // the end of the year 9999

/// Digits and perhaps a fraction; neither a sign nor an exponent.
std::optional<std::chrono::milliseconds> parse_seconds(text value, double most) noexcept {
  if (value.empty() || value.front() < '0' || value.front() > '9')
    return std::nullopt;
  double seconds = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds,
                                      std::chars_format::fixed);
  if (error != std::errc{} || end != value.data() + value.size() || seconds > most)
    return std::nullopt;
  return std::chrono::milliseconds{std::llround(seconds * 1000)};
}

std::optional<wall_time> parse_moment(text value) {
  if (auto seconds = parse_seconds(value, most_seconds_ever))
    return wall_time{*seconds};
  return parse_iso_time(value);
}

std::optional<node_status> parse_node_status(text value) {
  for (auto status : {node_status::active, node_status::idle, node_status::disconnected})
    if (value == to_string(status))
      return status;
  return std::nullopt;
}

template <std::integral Number>
std::optional<Number> parse_number(text value, Number least, Number most) noexcept {
  auto number = parse_decimal(value);
  if (!number || *number < least || *number > most)
    return std::nullopt;
  return static_cast<Number>(*number);
}

/// False when the value is none that the parameter takes.
bool take(web_call& call, web_parameter which, text value) {
  switch (which) {
  case web_parameter::status: return (call.status = parse_node_status(value)).has_value();
  case web_parameter::max_age: return (call.max_age = parse_seconds(value, 1e9)).has_value();
  case web_parameter::from: return (call.from = parse_moment(value)).has_value();
  case web_parameter::to: return (call.to = parse_moment(value)).has_value();
  case web_parameter::cursor: return (call.cursor = parse_decimal(value)).has_value();
  case web_parameter::limit:
    if (auto limit = parse_number<std::uint16_t>(value, 1, 1000)) {
      call.limit = *limit;
      return true;
    }
    return false;
  case web_parameter::step:
    if (auto seconds = parse_number<std::uint32_t>(value, 1, 31'536'000)) // a year of 365 days
      call.step = std::chrono::seconds{*seconds};
    return call.step.has_value();
  }
  return false;
}

problem bad(std::string detail) {
  return {problem_kind::bad_request, std::move(detail)};
}

problem unknown_parameter(text name, web_parameters takes) {
  std::vector<text> known;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    if ((takes & parameter_bit(static_cast<web_parameter>(i))) != 0)
      known.push_back(parameters[i].name);
  auto detail = "unknown parameter " + in_quotes(name) + "; this resource takes "
                + (known.empty() ? std::string{"none"} : listed(known));
  if (auto meant = closest_word(name, known); !meant.empty())
    detail += "; did you mean " + std::string{meant} + "?";
  return bad(std::move(detail));
}

std::optional<problem> read_parameter(web_call& call, web_parameters takes, web_parameters& given,
                                      text name, text value) {
  auto found = std::ranges::find(parameters, name, &parameter::name);
  auto which = static_cast<web_parameter>(found - parameters.begin());
  if (found == parameters.end() || (takes & parameter_bit(which)) == 0)
    return unknown_parameter(name, takes);
  if ((given & parameter_bit(which)) != 0)
    return bad("parameter \"" + std::string{name} + "\" is given twice");
  given = static_cast<web_parameters>(given | parameter_bit(which));
  if (!take(call, which, value))
    return bad("parameter \"" + std::string{name} + "\" is " + in_quotes(value) + ": expected "
               + std::string{found->expected});
  return std::nullopt;
}

} // namespace

std::optional<problem> read_web_query(web_call& call, web_parameters takes, web_target& target) {
  web_parameters given = 0;
  for (auto rest = target.query(); !rest.empty();) {
    auto part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    auto equals = part.find('=');
    auto name = target.decoded(part.substr(0, equals));
    auto value = target.decoded(equals == text::npos ? text{} : part.substr(equals + 1));
    if (!name || !value)
      return bad("parameter " + in_quotes(part) + " has a broken percent-escape");
    if (auto wrong = read_parameter(call, takes, given, *name, *value))
      return wrong;
  }
  if (call.from && call.to && *call.from > *call.to)
    return bad("parameter \"from\" is later than \"to\"");
  return std::nullopt;
}

} // namespace xylem
