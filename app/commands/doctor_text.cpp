#include "app/commands/doctor_text.hpp"

#include "app/commands/console_text.hpp"
#include "protocol/version.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <ostream>
#include <vector>

namespace xylem {

namespace {

constexpr std::array<std::string_view, 4> colours{"\x1b[32m", "\x1b[36m", "\x1b[33m", "\x1b[31m"};
constexpr std::string_view no_colour = "\x1b[0m";
constexpr std::size_t severity_width = 7;

std::string padded(std::string text, std::size_t width) {
  auto shown = shown_width(text);
  text.append(shown < width ? width - shown : 0, ' ');
  return text;
}

std::string painted(severity level, text_style style) {
  auto word = padded(std::string{to_string(level)}, severity_width);
  if (style == text_style::plain)
    return word;
  return std::string{colours.at(static_cast<std::size_t>(level))} + word + std::string{no_colour};
}

void print_lines(std::ostream& out, std::span<const finding> all, text_style style) {
  std::size_t width = 0;
  for (const auto& one : all)
    width = std::max(width, one.id.size());
  for (const auto& one : all) {
    out << painted(one.level, style) << "  " << padded(one.id, width) << "  "
        << printable(one.statement);
    if (!one.subject.empty())
      out << " [" << printable(one.subject) << ']';
    out << '\n';
  }
}

void print_repair(std::ostream& out, const finding& what, text_style style) {
  out << '\n'
      << painted(what.level, style) << "  " << what.id << ": " << printable(what.statement) << '\n';
  auto print = [&](std::string_view label, const std::string& text) {
    if (!text.empty())
      out << "  " << label << printable(text) << '\n';
  };
  print("read:    ", what.evidence);
  print("repair:  ", what.command);
  print(what.command.empty() ? "do:      " : "also:    ", what.advice);
}

std::string sum_of(std::span<const finding> all) {
  std::string out;
  for (auto level : {severity::error, severity::warning, severity::note, severity::ok}) {
    auto count = static_cast<std::uint64_t>(std::ranges::count(all, level, &finding::level));
    auto word = std::string{to_string(level)};
    auto text = level == severity::ok ? std::to_string(count) + " ok" : counted(count, word);
    out += (out.empty() ? "" : ", ") + text;
  }
  return out;
}

} // namespace

void print_findings(std::ostream& out, std::span<const finding> all, text_style style) {
  print_lines(out, all, style);
  std::vector<finding> wrong;
  std::ranges::copy_if(all, std::back_inserter(wrong),
                       [](const finding& one) { return one.level != severity::ok; });
  std::ranges::stable_sort(wrong, std::ranges::greater{}, &finding::level);
  for (const auto& one : wrong)
    print_repair(out, one, style);
  out << '\n' << sum_of(all) << '\n';
}

boost::json::object findings_document(std::span<const finding> all) {
  boost::json::array findings;
  for (const auto& one : all)
    findings.push_back(to_json(one));
  return {{"version", software_version()},
          {"state", to_string(worst_of(all))},
          {"findings", std::move(findings)}};
}

} // namespace xylem
