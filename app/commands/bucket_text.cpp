#include "app/commands/bucket_text.hpp"

#include "app/commands/csv_text.hpp"
#include "app/commands/table.hpp"
#include "protocol/iso_time.hpp"

#include <ostream>

namespace xylem {

namespace {

using client::bucket_info;
using client::field_summary_info;

std::string number_text(const std::optional<double>& number) {
  return number ? describe({{{}, *number}}, {}) : std::string{};
}

std::string field_text(const field_summary_info& field) {
  auto or_dash = [](std::string text) { return text.empty() ? "-" : text; };
  if (field.count == 0)
    return "-";
  return or_dash(number_text(field.mean)) + " [" + or_dash(number_text(field.min)) + ", "
         + or_dash(number_text(field.max)) + "]";
}

std::string time_text(const bucket_info& bucket) {
  return bucket.time ? iso_time(*bucket.time) : "-";
}

/// The fields of a type are the same in all its buckets.
std::vector<std::string> names_of(const std::vector<bucket_info>& buckets) {
  std::vector<std::string> names;
  if (!buckets.empty())
    for (const auto& field : buckets.front().fields)
      names.push_back(field.name);
  return names;
}

field_summary_info field_of(const bucket_info& bucket, const std::string& name) {
  auto found = std::ranges::find(bucket.fields, name, &field_summary_info::name);
  return found == bucket.fields.end() ? field_summary_info{} : *found;
}

} // namespace

void print_table(std::ostream& out, const std::vector<bucket_info>& buckets) {
  auto names = names_of(buckets);
  std::vector<column> columns{{"TIME"}, {"COUNT", alignment::right}};
  for (const auto& name : names)
    columns.push_back({name});
  table shown{std::move(columns)};
  for (const auto& bucket : buckets) {
    std::vector<std::string> cells{time_text(bucket), std::to_string(bucket.count)};
    for (const auto& name : names)
      cells.push_back(field_text(field_of(bucket, name)));
    shown.add(std::move(cells));
  }
  shown.print(out);
}

void print_csv(std::ostream& out, const std::vector<bucket_info>& buckets) {
  auto names = names_of(buckets);
  out << "time,count";
  for (const auto& name : names)
    for (auto what : {"count", "min", "max", "mean", "last"})
      out << ',' << csv_cell(name + "." + what);
  out << '\n';
  for (const auto& bucket : buckets) {
    out << (bucket.time ? iso_time(*bucket.time) : "") << ',' << bucket.count;
    for (const auto& name : names) {
      auto field = field_of(bucket, name);
      out << ',' << field.count;
      for (const auto& number : {field.min, field.max, field.mean, field.last})
        out << ',' << number_text(number);
    }
    out << '\n';
  }
}

} // namespace xylem
