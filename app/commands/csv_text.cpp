#include "app/commands/csv_text.hpp"

#include "app/commands/console_text.hpp"
#include "protocol/iso_time.hpp"

#include <algorithm>
#include <ostream>

namespace xylem {

namespace {

/// The value alone, as describe() writes it behind a name.
std::string value_of(const decoded_field& field) {
  return describe({{{}, field.value}}, {});
}

std::vector<std::string> columns_of(const std::vector<client::reading_info>& readings) {
  std::vector<std::string> names;
  auto first =
      std::ranges::find_if_not(readings, [](const auto& one) { return one.value.empty(); });
  if (first == readings.end())
    return names;
  for (const auto& field : first->value)
    names.push_back(field.name);
  return names;
}

} // namespace

std::string csv_cell(std::string_view raw) {
  auto text = printable(raw);
  if (text.find_first_of(",\"") == std::string::npos)
    return text;
  std::string out{'"'};
  for (auto c : text)
    out += c == '"' ? "\"\"" : std::string{c};
  return out + '"';
}

void print_csv(std::ostream& out, const std::vector<client::reading_info>& readings) {
  auto columns = columns_of(readings);
  out << "time,node,type,data";
  for (const auto& name : columns)
    out << ',' << csv_cell(name);
  out << '\n';
  for (const auto& one : readings) {
    out << (one.time ? iso_time(*one.time) : "") << ',' << one.node.value << ','
        << csv_cell(one.type) << ',' << to_hex(one.data);
    for (const auto& name : columns) {
      auto field = std::ranges::find(one.value, name, &decoded_field::name);
      out << ',' << (field == one.value.end() ? "" : csv_cell(value_of(*field)));
    }
    out << '\n';
  }
}

} // namespace xylem
