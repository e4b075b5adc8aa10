#include "protocol/refusal_book.hpp"

namespace xylem {

std::optional<std::string> refusal_book::note(std::string_view reason, std::string_view text,
                                              std::string_view address, mono_time now) {
  std::string key{reason};
  ++counts_[key];
  if (auto known = told_.find(key); known != told_.end() && now < known->second.at + period) {
    ++known->second.untold;
    known->second.last = address;
    return std::nullopt;
  }
  told_[key] = {.at = now};
  auto line = std::move(key) + ": ";
  line += text;
  line += " (";
  line += address;
  return line + ")";
}

std::vector<std::string> refusal_book::tick(mono_time now) {
  std::vector<std::string> lines;
  for (auto each = told_.begin(); each != told_.end();) {
    auto& [reason, what] = *each;
    if (now < what.at + period) {
      ++each;
    } else if (what.untold > 0) {
      lines.push_back(reason + ": " + std::to_string(what.untold) + " more, the last one from "
                      + what.last);
      what = {.at = now};
      ++each;
    } else {
      each = told_.erase(each);
    }
  }
  return lines;
}

} // namespace xylem
