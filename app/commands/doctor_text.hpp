#pragma once

#include "protocol/finding.hpp"

#include <boost/json/object.hpp>

#include <iosfwd>

namespace xylem {

enum class text_style : std::uint8_t { plain, colours };

/// A line a finding, then what to do about each above `ok`, the worst first.
void print_findings(std::ostream& out, std::span<const finding> all, text_style style);

/// `{"version", "state", "findings": […]}`: the state is the worst severity, the findings are in
/// the order of the examination. Members are only ever added.
boost::json::object findings_document(std::span<const finding> all);

} // namespace xylem
