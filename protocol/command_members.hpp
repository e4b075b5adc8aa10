#pragma once

#include "protocol/command.hpp"
#include "protocol/problem.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <span>
#include <variant>

namespace xylem {

/// What is wrong with the first member of `object` that is none of `known`; `subject` takes those.
std::optional<std::string> foreign_member(const boost::json::object& object,
                                          std::string_view subject,
                                          std::span<const std::string_view> known);

/// A number or text as in paths.
std::optional<node_address> node_of(const boost::json::value& value);

/// The members of a command (web §1.3); `beside` are those that the object has for another reason.
std::variant<command, problem> read_command(command_kind kind, const boost::json::object& object,
                                            std::span<const std::string_view> beside);

} // namespace xylem
