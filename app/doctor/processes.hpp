#pragma once

#include "actors/settings.hpp"
#include "protocol/port_findings.hpp"

#include <set>

namespace xylem {

/// Nothing when it is not there.
std::optional<process_fact> describe_process(std::int64_t pid);

/// Who has the file open, but for this process, as far as this user may see.
std::vector<process_fact> holders_of(const std::string& path);

/// Somebody who listens where the gateway wants to.
struct listening_state {
  bool is_taken = false;
  std::vector<process_fact> holders{}; ///< as far as this user may see
};

/// Who listens at an address of this machine, or at one that covers it.
listening_state who_listens(const endpoint& where);

/// A port behind that of `where` at which nobody listens; 0: there is none.
std::uint16_t free_port_after(const endpoint& where);

} // namespace xylem
