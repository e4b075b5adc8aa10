#include "protocol/turn_order.hpp"

namespace xylem {

void turn_order::add(member who) {
  auto [known, is_new] = places_.try_emplace(who);
  if (!is_new)
    return;
  try {
    known->second.at = served_.insert(served_.end(), who);
  } catch (...) {
    places_.erase(known);
    throw;
  }
}

void turn_order::remove(member who) noexcept {
  auto known = places_.find(who);
  if (known == places_.end())
    return;
  auto [at, waits] = known->second;
  (waits ? waiting_ : served_).erase(at);
  places_.erase(known);
}

void turn_order::wants(member who) noexcept {
  auto known = places_.find(who);
  if (known == places_.end() || known->second.waits)
    return;
  known->second.waits = true;
  waiting_.splice(waiting_.end(), served_, known->second.at);
}

void turn_order::all_want() noexcept {
  for (auto who : served_)
    places_.find(who)->second.waits = true;
  waiting_.splice(waiting_.end(), served_);
}

std::optional<turn_order::member> turn_order::next() noexcept {
  if (waiting_.empty())
    return std::nullopt;
  auto who = waiting_.front();
  places_.find(who)->second.waits = false;
  served_.splice(served_.end(), waiting_, waiting_.begin());
  return who;
}

} // namespace xylem
