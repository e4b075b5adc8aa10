#include "protocol/history.hpp"

#include "protocol/json.hpp"
#include "protocol/json_writer.hpp"

#include <cmath>

namespace xylem {

namespace {

/// A clock that was set back by less than this spoils no page.
constexpr auto longest_way_back = std::chrono::hours{1};

/// Cursors come from outside: no time is later than this one (the end of the year 9999).
constexpr std::uint64_t latest_cursor = 253'402'300'799'999;

/// A value as a number; text is none.
double number_of(const data_field& field, bytes_view data) {
  return std::visit(
      []<class T>(const T& value) {
        if constexpr (std::is_same_v<T, std::string>)
          return std::nan("");
        else
          return static_cast<double>(value);
      },
      decode_field(field, data));
}

void add_value(field_summary& to, double value) noexcept {
  if (std::isnan(value))
    return;
  to.min = to.count == 0 ? value : std::min(to.min, value);
  to.max = to.count == 0 ? value : std::max(to.max, value);
  to.last = value;
  to.sum += value;
  ++to.count;
}

bool fits(const data_type& type, std::size_t size) noexcept {
  auto length = type.length();
  return length ? size == *length : size >= type.fixed_length();
}

/// The numeric fields of a reading that fits its type.
void add_fields(history_bucket& to, const data_type& type, bytes_view data) {
  auto summary = to.fields.begin();
  for (const auto& field : type.fields) {
    auto size = field.size == 0 ? data.size() : field.size;
    if (size > data.size())
      return;
    if (field.format != number_format::text)
      add_value(*summary++, number_of(field, data.first(size)));
    data = data.subspan(size);
  }
}

/// Nothing of nothing is null.
void append_statistic(std::string& out, std::string_view name, const field_summary& of,
                      double value) {
  out.append(",\"").append(name).append("\":");
  append_json_number(out, of.count == 0 ? std::nan("") : value);
}

void append_field(std::string& out, const data_field& field, const field_summary& summary) {
  append_json_text(out, field.name.empty() ? std::string_view{"value"} : field.name);
  out += ":{\"count\":";
  append_json_number(out, summary.count);
  append_statistic(out, "min", summary, summary.min);
  append_statistic(out, "max", summary, summary.max);
  append_statistic(out, "mean", summary, summary.sum / static_cast<double>(summary.count));
  append_statistic(out, "last", summary, summary.last);
  out += '}';
}

void append_bucket(std::string& out, const data_type* type, const history_bucket& bucket) {
  out += "{\"time\":";
  append_json_time(out, bucket.begin);
  out += ",\"count\":";
  append_json_number(out, bucket.count);
  if (!bucket.fields.empty()) {
    out += ",\"fields\":";
    auto separator = '{';
    auto summary = bucket.fields.begin();
    for (const auto& field : type->fields) {
      if (field.format == number_format::text)
        continue;
      out += std::exchange(separator, ',');
      append_field(out, field, *summary++);
    }
    out += '}';
  }
  out += '}';
}

void append_end(std::string& out, std::optional<std::uint64_t> next, account told) {
  out += ']';
  if (next) {
    out += ",\"next\":\"";
    append_json_number(out, *next);
    out += '"';
  }
  if (told == account::of_memory)
    out += ",\"complete\":false";
  out += '}';
}

} // namespace

reading_range range_of(const history_query& asked) noexcept {
  reading_range range{.from = asked.from, .to = asked.to};
  if (!asked.cursor)
    return range;
  if (asked.step) {
    auto milliseconds = static_cast<std::int64_t>(std::min(*asked.cursor, latest_cursor));
    wall_time begin{std::chrono::milliseconds{milliseconds}};
    range.from = asked.from ? std::max(*asked.from, begin) : begin;
  } else {
    range.before = asked.cursor;
  }
  return range;
}

std::vector<reading> joined(std::span<const reading> one, std::span<const reading> other,
                            std::size_t limit) {
  std::vector<reading> all;
  all.reserve(std::min(limit, one.size() + other.size()));
  while (all.size() < limit && !(one.empty() && other.empty())) {
    auto& newer = other.empty() || (!one.empty() && one.front().seq >= other.front().seq) ? one
                                                                                         : other;
    if (all.empty() || all.back().seq != newer.front().seq)
      all.push_back(newer.front());
    newer = newer.subspan(1);
  }
  return all;
}

series_summary::series_summary(const data_type* type, std::chrono::milliseconds step,
                               std::size_t max_buckets)
    : type_{type}, step_{step}, max_buckets_{max_buckets} {
  if (type_)
    numbers_ = static_cast<std::size_t>(std::ranges::count_if(
        type_->fields, [](const data_field& f) { return f.format != number_format::text; }));
}

void series_summary::add(const reading& what) {
  auto bucket = bucket_of(what.time);
  if (!bucket)
    return;
  ++bucket->count;
  if (numbers_ > 0 && fits(*type_, what.data.size()))
    add_fields(*bucket, *type_, what.data.view());
}

/// Null: it is left out.
history_bucket* series_summary::bucket_of(wall_time time) {
  auto begin = begin_of(time);
  auto before = std::find_if(buckets_.rbegin(), buckets_.rend(),
                             [&](const history_bucket& each) { return each.begin <= begin; });
  if (before != buckets_.rend() && before->begin == begin)
    return &*before;
  auto place = before.base() - buckets_.begin();
  if (buckets_.size() >= max_buckets_) {
    if (before == buckets_.rbegin()) {
      leave_out(begin);
      full_ = full_ || buckets_.empty() || begin - buckets_.back().begin > step_ + longest_way_back;
      return nullptr;
    }
    leave_out(buckets_.back().begin);
    buckets_.pop_back();
  }
  return &*buckets_.insert(buckets_.begin() + place,
                           {begin, 0, std::vector<field_summary>(numbers_)});
}

void series_summary::leave_out(wall_time begin) noexcept {
  left_out_ = left_out_ ? std::min(*left_out_, begin) : begin;
}

wall_time series_summary::begin_of(wall_time time) const noexcept {
  auto since = time.time_since_epoch();
  auto into = since % step_;
  return wall_time{since - (into < into.zero() ? into + step_ : into)};
}

void append_history(std::string& out, const history_query& asked,
                    std::span<const reading> readings, const data_type_registry& types,
                    account told) {
  auto is_last_page = readings.size() <= asked.limit;
  auto page = is_last_page ? readings : readings.first(asked.limit);
  out += "{\"readings\":[";
  for (const auto& what : page) {
    if (out.back() != '[')
      out += ',';
    append_reading(out, asked.node, asked.code, what, types);
    out += '}';
  }
  append_end(out, is_last_page ? std::nullopt : std::optional{page.back().seq}, told);
}

void append_summary(std::string& out, const history_query& asked, const series_summary& summary,
                    account told) {
  using std::chrono::duration_cast, std::chrono::seconds;
  out += "{\"step\":";
  append_json_number(out, duration_cast<seconds>(asked.step.value_or(seconds{0})).count());
  out += ",\"buckets\":[";
  for (const auto& bucket : summary.buckets()) {
    if (out.back() != '[')
      out += ',';
    append_bucket(out, summary.type(), bucket);
  }
  std::optional<std::uint64_t> next;
  if (auto begin = summary.left_out())
    next = static_cast<std::uint64_t>(begin->time_since_epoch().count());
  append_end(out, next, told);
}

} // namespace xylem
