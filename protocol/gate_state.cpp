#include "protocol/gate_state.hpp"

#include "protocol/iso_time.hpp"
#include "protocol/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>

namespace xylem {

namespace json = boost::json;

namespace {

constexpr std::size_t most_bytes = 1024 * 1024;
constexpr std::size_t most_connections = 2048; // those that are not authenticated, too
constexpr std::size_t most_reasons = 64;
constexpr std::size_t most_certificates = 8;
constexpr std::size_t longest_text = 128;
constexpr std::size_t longest_path = 4096;
constexpr std::uint64_t highest_count = std::uint64_t{1} << 53;

/// Something is not as it must be.
struct unsound {};

void require(bool holds) {
  if (!holds)
    throw unsound{};
}

bool is_line(std::string_view text) {
  while (!text.empty()) {
    auto first = static_cast<unsigned char>(text.front());
    auto length = first < 0x80 ? std::size_t{first >= ' ' && first != 0x7F} : sequence_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view line_of(const json::value& value, std::size_t longest) {
  auto text = value.if_string();
  require(text && text->size() <= longest && is_line(*text));
  return *text;
}

void copy_line(json::object& to, const json::object& from, std::string_view name,
               std::size_t longest = longest_text) {
  if (auto value = from.if_contains(name))
    to[name] = line_of(*value, longest);
}

std::uint64_t count_of(const json::value& value) {
  auto number = value.is_uint64()                                ? value.get_uint64()
                : value.is_int64() && value.get_int64() >= 0 ? static_cast<std::uint64_t>(
                                                                 value.get_int64())
                                                             : highest_count;
  require(number < highest_count);
  return number;
}

/// What is not told is 0.
void copy_counts(json::object& to, const json::object& from,
                 std::initializer_list<std::string_view> names) {
  for (auto name : names) {
    auto value = from.if_contains(name);
    to[name] = value ? count_of(*value) : std::uint64_t{0};
  }
}

void copy_time(json::object& to, const json::object& from, std::string_view name) {
  auto value = from.if_contains(name);
  require(value && parse_iso_time(line_of(*value, longest_text)));
  to[name] = *value;
}

template <class Copy>
json::array copy_all(const json::object& from, std::string_view name, std::size_t most, Copy copy) {
  json::array all;
  auto value = from.if_contains(name);
  if (!value)
    return all;
  require(value->is_array() && value->get_array().size() <= most);
  for (const auto& each : value->get_array()) {
    require(each.is_object());
    all.push_back(copy(each.get_object()));
  }
  return all;
}

json::object connection(const json::object& from) {
  json::object out;
  for (auto name : {"name", "address", "scope", "node"})
    copy_line(out, from, name);
  require(out.contains("name"));
  copy_time(out, from, "since");
  copy_counts(out, from,
              {"sent", "coalesced", "missed", "behind", "credit", "queued_bytes"});
  return out;
}

json::object certificate(const json::object& from) {
  json::object out;
  copy_line(out, from, "file", longest_path);
  copy_line(out, from, "name");
  require(out.contains("file") && out.contains("name"));
  copy_time(out, from, "not_after");
  return out;
}

bool is_reason(std::string_view text) {
  auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, is_part);
}

json::object reasons(const json::object& from) {
  json::object out;
  auto value = from.if_contains("refused");
  if (!value)
    return out;
  require(value->is_object() && value->get_object().size() <= most_reasons);
  for (const auto& [reason, count] : value->get_object()) {
    require(is_reason(reason));
    out[reason] = count_of(count);
  }
  return out;
}

json::object memory(const json::object& from) {
  json::object out;
  auto value = from.if_contains("memory");
  require(!value || value->is_object());
  copy_counts(out, value ? value->get_object() : json::object{}, {"events", "bytes"});
  return out;
}

json::value parsed(std::string_view text) {
  json::parse_options options;
  options.max_depth = 8;
  json::error_code error;
  auto value = json::parse(json::string_view{text.data(), text.size()}, error, {}, options);
  require(!error && value.is_object());
  return value;
}

constexpr std::array<std::chrono::days, 4> reminders{
  std::chrono::days{30}, std::chrono::days{7}, std::chrono::days{1}, std::chrono::days{0}};

} // namespace

std::optional<json::object> sound_gate_state(std::string_view text) {
  try {
    require(text.size() <= most_bytes);
    auto value = parsed(text);
    const auto& from = value.get_object();
    json::object out;
    copy_counts(out, from, {"handshakes", "accepted"});
    out["connections"] = copy_all(from, "connections", most_connections, connection);
    out["refused"] = reasons(from);
    out["certificates"] = copy_all(from, "certificates", most_certificates, certificate);
    out["memory"] = memory(from);
    return out;
  } catch (const unsound&) {
    return std::nullopt;
  }
}

void monitor_event_sums::look(const json::object& state) {
  std::map<std::string, monitor_events> now;
  for (const auto& each : state.at("connections").as_array()) {
    auto key = std::string{each.at("name").as_string()} + ' '
               + std::string{each.at("since").as_string()};
    auto& is = now[key];
    is = {each.at("sent").as_uint64(), each.at("coalesced").as_uint64(),
          each.at("missed").as_uint64()};
    const auto& was = last_[key];
    sums_.sent += is.sent - std::min(was.sent, is.sent);
    sums_.coalesced += is.coalesced - std::min(was.coalesced, is.coalesced);
    sums_.missed += is.missed - std::min(was.missed, is.missed);
  }
  last_ = std::move(now);
}

std::vector<expiring_certificate> expiry_reminder::look(const json::object& state, wall_time now) {
  std::vector<expiring_certificate> due;
  for (const auto& each : state.at("certificates").as_array()) {
    expiring_certificate found{.file = std::string{each.at("file").as_string()},
                               .name = std::string{each.at("name").as_string()}};
    found.not_after = parse_iso_time(each.at("not_after").as_string()).value_or(wall_time{});
    auto left = found.not_after - now;
    found.days = std::chrono::floor<std::chrono::days>(left).count();
    auto is_due = [left](std::chrono::days before) { return left <= before; };
    auto steps = static_cast<std::size_t>(std::ranges::count_if(reminders, is_due));
    if (!told_.contains(found.file) && told_.size() >= most_certificates)
      told_.clear();
    auto& last = told_[found.file];
    if (last.not_after != found.not_after)
      last = {found.not_after};
    if (steps > last.steps)
      due.push_back(found);
    last.steps = steps;
  }
  return due;
}

} // namespace xylem
