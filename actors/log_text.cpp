#include "actors/log_text.hpp"

#include <chrono>
#include <cmath>
#include <iterator>

#include <spdlog/fmt/fmt.h>

namespace xylem {

namespace {

/// Bytes of a value that are shown, and bytes of a payload that are shown as hex.
constexpr std::size_t longest_value = 1024;
constexpr std::size_t longest_payload = 64;

struct character {
  std::size_t size; ///< bytes
  char32_t code;
  bool valid; ///< false: one byte that begins no UTF-8 character
};

/// The first character of `text`, which is not empty.
character first_character(std::string_view text) {
  auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto lead = at(0);
  if (lead < 0x80)
    return {1, lead, true};
  auto size = lead >= 0xF0 ? 4u : lead >= 0xE0 ? 3u : 2u;
  auto code = static_cast<char32_t>(lead & (0x7F >> size));
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size)
    return {1, lead, false};
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0) != 0x80)
      return {1, lead, false};
    code = code << 6 | (at(i) & 0x3Fu);
  }
  constexpr char32_t least[]{0, 0, 0x80, 0x800, 0x10000};
  auto surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least[size] || code > 0x10FFFF || surrogate)
    return {1, lead, false};
  return {size, code, true};
}

/// False for what breaks or reorders a line: controls, line separators, direction overrides.
bool is_printable(const character& c) {
  auto control = c.code < 0x20 || (c.code >= 0x7F && c.code < 0xA0);
  auto separator = c.code >= 0x2028 && c.code <= 0x202E;
  auto direction = c.code >= 0x2066 && c.code <= 0x2069;
  return c.valid && !control && !separator && !direction;
}

bool is_plain(std::string_view text) {
  for (auto c : text)
    if (c <= ' ' || c > '~' || c == '"' || c == '=' || c == '\\')
      return false;
  return !text.empty();
}

using sink_iterator = std::back_insert_iterator<std::string>;

void escape_in_logfmt(std::string& out, std::string_view raw, const character&) {
  for (auto c : raw)
    fmt::format_to(sink_iterator{out}, "\\x{:02x}", static_cast<unsigned char>(c));
}

void escape_in_json(std::string& out, std::string_view, const character& c) {
  fmt::format_to(sink_iterator{out}, "\\u{:04x}", static_cast<unsigned>(c.valid ? c.code : 0xFFFD));
}

template <class Escape>
void append_quoted(std::string& out, std::string_view text, Escape escape) {
  auto cut = text.size() > longest_value;
  text = text.substr(0, longest_value);
  out += '"';
  while (!text.empty()) {
    auto c = first_character(text);
    auto raw = text.substr(0, c.size);
    text.remove_prefix(c.size);
    if (raw == "\"" || raw == "\\")
      out.append("\\").append(raw);
    else if (raw == "\n")
      out += "\\n";
    else if (is_printable(c))
      out += raw;
    else
      escape(out, raw, c);
  }
  out += cut ? "…\"" : "\"";
}

void append_logfmt_text(std::string& out, std::string_view text) {
  if (is_plain(text) && text.size() <= longest_value)
    out += text;
  else
    append_quoted(out, text, escape_in_logfmt);
}

void append_json_text(std::string& out, std::string_view text) {
  append_quoted(out, text, escape_in_json);
}

std::string time_text(wall_time time) {
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date{day};
  std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::string span_text(milliseconds span) {
  auto count = span.count();
  return count % 1000 == 0 ? fmt::format("{}s", count / 1000) : fmt::format("{}ms", count);
}

/// Payloads belong to the people whose nodes sent them: above debug only their size is told.
std::string payload_text(bytes_view data, log_level level) {
  if (level != log_level::debug)
    return fmt::format("{} bytes", data.size());
  auto shown = to_hex(data.first(std::min(data.size(), longest_payload)));
  return data.size() > longest_payload ? shown + "…" : shown;
}

/// Appends a value: numbers and flags as they are, everything else through `append_text`.
template <class AppendText>
struct value_writer {
  std::string& out;
  log_level level;
  AppendText append_text;

  void operator()(std::string_view value) const { append_text(out, value); }
  void operator()(milliseconds value) const { append_text(out, span_text(value)); }
  void operator()(bytes_view value) const { append_text(out, payload_text(value, level)); }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { fmt::format_to(sink_iterator{out}, "{}", value); }
  void operator()(std::uint64_t value) const { fmt::format_to(sink_iterator{out}, "{}", value); }
  void operator()(double value) const {
    auto text = fmt::format("{}", value);
    std::isfinite(value) ? void(out += text) : append_text(out, text);
  }
};

void append_logfmt_fields(std::string& out, const log_entry& entry) {
  for (const auto& field : entry.fields) {
    out.append(" ").append(field.key()).append("=");
    std::visit(value_writer<decltype(&append_logfmt_text)>{out, entry.level, append_logfmt_text},
               field.value());
  }
}

/// Escaped as in quotes, without them.
void append_unquoted(std::string& out, std::string_view text) {
  std::string quoted;
  append_quoted(quoted, text, escape_in_logfmt);
  out.append(quoted, 1, quoted.size() - 2);
}

} // namespace

std::string_view to_string(log_level level) noexcept {
  switch (level) {
  case log_level::debug: return "debug";
  case log_level::info: return "info";
  case log_level::warning: return "warning";
  case log_level::error: return "error";
  }
  return "unknown";
}

std::string to_logfmt(const log_entry& entry) {
  auto out = "time=" + time_text(entry.time) + " level=";
  out.append(to_string(entry.level)).append(" actor=");
  append_logfmt_text(out, entry.actor);
  if (!entry.mesh.empty()) {
    out += " mesh=";
    append_logfmt_text(out, entry.mesh);
  }
  out += " msg=";
  append_quoted(out, entry.message, escape_in_logfmt);
  append_logfmt_fields(out, entry);
  return out;
}

std::string to_message(const log_entry& entry) {
  std::string out;
  append_unquoted(out, entry.actor);
  if (!entry.mesh.empty()) {
    out += '/';
    append_unquoted(out, entry.mesh);
  }
  out += ": ";
  append_unquoted(out, entry.message);
  append_logfmt_fields(out, entry);
  return out;
}

std::string value_text(const log_field& field, log_level level) {
  std::string out;
  auto as_it_is = [](std::string& to, std::string_view text) { to += text; };
  std::visit(value_writer<decltype(as_it_is)>{out, level, as_it_is}, field.value());
  return out;
}

std::string_view cut_value(std::string_view text) noexcept {
  return text.substr(0, longest_value);
}

std::string to_json_line(const log_entry& entry) {
  auto out = R"({"time":")" + time_text(entry.time) + R"(","level":")";
  out.append(to_string(entry.level)).append(R"(","actor":)");
  append_json_text(out, entry.actor);
  if (!entry.mesh.empty()) {
    out += R"(,"mesh":)";
    append_json_text(out, entry.mesh);
  }
  out += R"(,"msg":)";
  append_json_text(out, entry.message);
  for (const auto& field : entry.fields) {
    out += ',';
    append_json_text(out, field.key());
    out += ':';
    std::visit(value_writer<decltype(&append_json_text)>{out, entry.level, append_json_text},
               field.value());
  }
  return out += '}';
}

} // namespace xylem
