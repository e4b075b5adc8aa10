#include "app/replay/event_comparison.hpp"

#include <istream>

namespace xylem {

namespace {

/// Lines that are shown before the first difference.
constexpr std::size_t context = 3;

std::string numbered(std::string_view mark, std::uint64_t number, std::string_view line) {
  return std::string{mark} + std::to_string(number) + " " + std::string{line} + '\n';
}

} // namespace

event_comparison::event_comparison(std::istream& expected, std::string name)
    : expected_{expected}, name_{std::move(name)} {}

void event_comparison::take(std::string_view line) {
  if (!difference_.empty())
    return;
  auto wanted = next();
  if (!wanted || *wanted != line)
    return differ(wanted, line);
  before_.push_back(std::move(*wanted));
  if (before_.size() > context)
    before_.pop_front();
}

void event_comparison::finish() {
  if (!difference_.empty())
    return;
  if (auto wanted = next())
    differ(wanted, std::nullopt);
}

std::optional<std::string> event_comparison::next() {
  std::string line;
  if (!std::getline(expected_, line))
    return std::nullopt;
  ++number_;
  return line;
}

void event_comparison::differ(const std::optional<std::string>& wanted,
                              std::optional<std::string_view> got) {
  auto number = wanted ? number_ : number_ + 1;
  difference_ = name_ + ":" + std::to_string(number)
                + (!wanted ? ": the replay has more events\n"
                   : !got  ? ": the replay has no more events\n"
                           : ": the replay differs\n");
  auto first = number - before_.size();
  for (const auto& line : before_)
    difference_ += numbered("  ", first++, line);
  if (wanted)
    difference_ += numbered("- ", number, *wanted);
  if (got)
    difference_ += numbered("+ ", number, *got);
}

} // namespace xylem
