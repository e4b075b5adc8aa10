#include "protocol/prometheus_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace xylem {

namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (auto c : text) {
    if (c == '\\' || c == '"')
      out += '\\';
    out += c == '\n' ? std::string_view{"\\n"} : std::string_view{&c, 1};
  }
}

template <class Number>
std::string shortest(Number value) {
  std::array<char, 32> text;
  auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

} // namespace

std::string metric_label(std::string_view name, std::string_view value) {
  std::string out{name};
  out += "=\"";
  append_escaped(out, value);
  out += '"';
  return out;
}

std::string joined_labels(std::string_view labels, std::string_view more) {
  std::string out{labels};
  if (!labels.empty() && !more.empty())
    out += ',';
  out += more;
  return out;
}

std::string metric_number(double value) {
  if (std::isnan(value))
    return "NaN";
  if (std::isinf(value))
    return value > 0 ? "+Inf" : "-Inf";
  return shortest(value);
}

std::string metric_number(const boost::json::value& number) {
  if (number.is_uint64())
    return shortest(number.get_uint64());
  if (number.is_int64())
    return shortest(number.get_int64());
  return metric_number(number.to_number<double>());
}

void prometheus_writer::metric(std::string_view name, std::string_view type,
                               std::string_view help) {
  if (name == name_)
    return;
  name_ = name;
  type_ = type;
  help_ = help;
  begun_ = false;
}

void prometheus_writer::sample(std::string_view labels, std::string_view value,
                               std::string_view suffix) {
  if (!std::exchange(begun_, true)) {
    out_.append("# HELP ").append(name_).append(" ").append(help_).append("\n");
    out_.append("# TYPE ").append(name_).append(" ").append(type_).append("\n");
  }
  out_.append(name_).append(suffix);
  if (!labels.empty())
    out_.append("{").append(labels).append("}");
  out_.append(" ").append(value).append("\n");
}

} // namespace xylem
