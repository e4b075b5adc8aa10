#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace xylem {

enum class severity : std::uint8_t {
  ok,
  note,    ///< worth knowing, nothing need be done
  warning, ///< it works, and will not for long, or not in every case
  error,   ///< it does not work
};

std::string_view to_string(severity level) noexcept;

/// What was found out about one thing that was examined, and how it is repaired.
struct finding {
  std::string id;        ///< what was examined, the same whatever was found: `port_access`
  std::string subject{}; ///< which one of several: a mesh, a file, an address; may be empty
  severity level = severity::ok;
  std::string statement{}; ///< one sentence
  std::string evidence{};  ///< what was read
  std::string command{};   ///< for a shell, repairs it on this machine; empty: none does
  std::string advice{};    ///< what to do where no command is enough

  bool operator==(const finding&) const = default;
};

/// `ok` of nothing.
severity worst_of(std::span<const finding> findings) noexcept;

/// `{"id", "subject", "severity", "statement", "evidence", "command", "advice"}`, all texts.
boost::json::object to_json(const finding& what);

/// `text` as one word of a shell: as it is when that is safe, else in single quotes.
std::string shell_word(std::string_view text);

/// Who types the commands, and how: root needs no sudo.
struct typist {
  bool is_root = false;
  std::string program = "xylem"; ///< as a shell finds it

  /// `command` with the rights of root.
  std::string as_root(std::string_view command) const;
};

} // namespace xylem
