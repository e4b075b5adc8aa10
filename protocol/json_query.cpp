#include "protocol/json_query.hpp"

#include "protocol/json.hpp"
#include "protocol/json_writer.hpp"

#include <functional>

namespace xylem {

namespace {

/// Types that a detail names; a node may have many more.
constexpr std::size_t shown_types = 8;

/// Spreads what it is given over 64 bits: versions differ when what they stand for does.
class version_hash {
public:
  void add(std::uint64_t part) noexcept {
    state_ = (state_ ^ part) * 0x9E37'79B9'7F4A'7C15U; // 2⁶⁴ / the golden ratio
    state_ ^= state_ >> 32;
  }

  void add(std::string_view text) noexcept { add(std::hash<std::string_view>{}(text)); }

  /// A latest reading, its age aside. Its time tells it from one of an earlier life of the cache.
  void add(const reading& latest, const node& owner) noexcept {
    add(latest.seq);
    add(static_cast<std::uint64_t>(latest.time.time_since_epoch().count()));
    add(static_cast<std::uint64_t>(owner.status));
  }

  std::uint64_t value() const noexcept { return state_; }

private:
  std::uint64_t state_ = 1;
};

std::chrono::milliseconds age_of(const reading& what, wall_time now) noexcept {
  return std::max(now - what.time, std::chrono::milliseconds{0});
}

/// One answer that is being written.
class answer_writer {
public:
  answer_writer(const node_table& table, const data_type_registry& types, const json_query& asked,
                wall_time now, std::string& out)
      : table_{table}, types_{types}, asked_{asked}, now_{now}, out_{out} {}

  json_answer node(const xylem::node& subject) {
    list_node(subject);
    return finished();
  }

  json_answer nodes() {
    out_ += "{\"nodes\":[";
    each_node([&](const auto& subject) { list_node(subject); });
    return end_of_list();
  }

  json_answer snapshot() {
    out_ += "\"nodes\":[";
    each_node([&](const auto& subject) {
      list_node(subject);
      out_.pop_back(); // of the object, which has a member more
      out_ += ",\"readings\":";
      list_latest(subject);
      out_ += '}';
    });
    out_ += ']';
    return finished();
  }

  json_answer node_readings(const xylem::node& subject) {
    out_ += "{\"readings\":";
    list_latest(subject);
    out_ += '}';
    return finished();
  }

  json_answer latest(const xylem::node& owner, const xylem::reading& what) {
    append_latest(owner, asked_.code, what);
    return finished();
  }

  json_answer readings() {
    out_ += "{\"readings\":[";
    each_node([&](const auto& owner) {
      separate();
      append_latest(owner, asked_.code, owner.find(asked_.code)->ring.newest());
    });
    return end_of_list();
  }

private:
  bool is_wanted(const xylem::node& subject) const noexcept {
    if (asked_.about == json_query::subject::readings)
      return subject.status == node_status::active && subject.find(asked_.code) != nullptr;
    return (!asked_.status || subject.status == *asked_.status)
           && asked_.nodes.contains(subject.address);
  }

  /// A page of those that are wanted, by address.
  template <class Visitor>
  void each_node(Visitor visit) {
    auto is_told = [&](node_address address) {
      return asked_.cursor && address.value <= *asked_.cursor;
    };
    const auto& addresses = table_.addresses();
    std::size_t count = 0;
    std::uint64_t last = 0;
    auto begin = std::ranges::partition_point(addresses, is_told);
    for (auto address : std::span{begin, addresses.end()}) {
      const auto& subject = *table_.find(address);
      if (!is_wanted(subject))
        continue;
      if (count++ == asked_.limit) {
        next_ = last;
        return;
      }
      last = address.value;
      visit(subject);
    }
  }

  /// A comma, unless this is the first one of a list.
  void separate() {
    if (out_.back() != '[')
      out_ += ',';
  }

  void list_node(const xylem::node& subject) {
    if (asked_.about != json_query::subject::node)
      separate();
    auto begin = out_.size();
    append_node(out_, subject);
    version_.add(std::string_view{out_}.substr(begin));
  }

  void list_latest(const xylem::node& subject) {
    out_ += '[';
    for (const auto& series : subject.series)
      if (asked_.codes.contains(series.code)) {
        separate();
        append_latest(subject, series.code, series.ring.newest());
      }
    out_ += ']';
  }

  void append_latest(const xylem::node& owner, type_code code, const xylem::reading& what) {
    version_.add(what, owner);
    append_reading(out_, owner.address, code, what, types_);
    out_ += ",\"age\":";
    append_json_seconds(out_, age_of(what, now_));
    out_ += ",\"status\":\"";
    out_ += to_string(owner.status);
    out_ += "\"}";
  }

  json_answer end_of_list() {
    out_ += ']';
    if (next_) {
      out_ += ",\"next\":\"";
      append_json_number(out_, *next_);
      out_ += '"';
    }
    out_ += '}';
    return finished();
  }

  json_answer finished() {
    version_.add(next_.value_or(0));
    return {.next = next_, .version = version_.value()};
  }

  const node_table& table_;
  const data_type_registry& types_;
  const json_query& asked_;
  wall_time now_;
  std::string& out_;
  version_hash version_;
  std::optional<std::uint64_t> next_;
};

json_answer failed(problem_kind kind, std::string detail) {
  return {.failed = problem{kind, std::move(detail)}};
}

std::string seconds(std::chrono::milliseconds span) {
  std::string out;
  append_json_seconds(out, span);
  return out + " s";
}

std::string types_of(const node& subject) {
  if (subject.series.empty())
    return "no reading at all";
  std::string out;
  auto shown = std::min(subject.series.size(), shown_types);
  for (std::size_t i = 0; i < shown; ++i)
    out += (i == 0 ? "" : ", ") + to_string(subject.series[i].code);
  if (subject.series.size() > shown)
    out += " and " + std::to_string(subject.series.size() - shown) + " more";
  return out;
}

} // namespace

json_query_engine::json_query_engine(const node_table& table, const data_type_registry& types,
                                     std::string mesh)
    : table_{table}, types_{types}, mesh_{std::move(mesh)} {}

json_answer json_query_engine::answer(const json_query& asked, wall_time now,
                                      std::string& out) const {
  using enum json_query::subject;
  answer_writer writer{table_, types_, asked, now, out};
  switch (asked.about) {
  case nodes: return writer.nodes();
  case readings: return writer.readings();
  case snapshot: return writer.snapshot();
  default: break;
  }
  auto subject = table_.find(asked.node);
  if (!subject)
    return {.failed = node_not_found(asked.node)};
  if (asked.about == node)
    return writer.node(*subject);
  if (asked.about == node_readings)
    return writer.node_readings(*subject);
  auto found = find_series(asked.node, asked.code);
  if (auto why = std::get_if<problem>(&found))
    return {.failed = std::move(*why)};
  const auto& latest = std::get<const reading_series*>(found)->ring.newest();
  auto age = age_of(latest, now);
  if (asked.max_age && age > *asked.max_age)
    return failed(problem_kind::reading_too_old,
                  "the latest " + to_string(asked.code) + " of " + name_of(asked.node) + " is "
                      + seconds(age) + " old, max_age is " + seconds(*asked.max_age));
  return writer.latest(*subject, latest);
}

series_part json_query_engine::part_of(const history_query& asked) const {
  auto found = find_series(asked.node, asked.code);
  if (auto why = std::get_if<problem>(&found))
    return {.failed = std::move(*why)};
  const auto& ring = std::get<const reading_series*>(found)->ring;
  auto range = range_of(asked);
  auto most = asked.step ? ring.size() : std::size_t{asked.limit} + 1;
  series_part part;
  for (std::size_t i = 0; i < ring.size() && part.readings.size() < most; ++i)
    if (const auto& what = ring.newest(i); range.contains(what))
      part.readings.push_back(what);
  return part;
}

std::variant<const reading_series*, problem>
json_query_engine::find_series(node_address node, type_code code) const {
  auto owner = table_.find(node);
  if (!owner)
    return node_not_found(node);
  if (auto series = owner->find(code))
    return series;
  return problem{problem_kind::type_not_found, name_of(node) + " never sent " + to_string(code)
                                                   + "; it sent " + types_of(*owner)};
}

problem json_query_engine::node_not_found(node_address address) const {
  return {problem_kind::node_not_found,
          name_of(address) + " was never heard and is in no snapshot of the root"};
}

std::string json_query_engine::name_of(node_address address) const {
  return "node " + std::to_string(address.value) + " of mesh \"" + mesh_ + "\"";
}

} // namespace xylem
