#pragma once

#include <poll.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace xylem::testing {

/// Longest wait for a condition: only a test that fails takes so long.
inline constexpr std::chrono::seconds patience{30};

/// Looks again and again until the condition holds; false when it never did.
template <class Condition>
bool eventually(Condition condition) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end)
      return false;
    poll(nullptr, 0, 2); // lets the gateway work
  }
  return true;
}

/// eventually(), for fixtures: throws what did not happen.
template <class Condition>
void await(const std::string& what, Condition condition) {
  if (!eventually(condition))
    throw std::runtime_error{"it never happened: " + what};
}

/// True when the descriptor can be read (POLLIN) or written (POLLOUT), false after `patience`.
inline bool wait_for(int descriptor, short events) {
  pollfd one{descriptor, events, 0};
  return poll(&one, 1, static_cast<int>(std::chrono::milliseconds{patience}.count())) > 0;
}

} // namespace xylem::testing
