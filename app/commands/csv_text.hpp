#pragma once

#include "app/client/gateway_state.hpp"

#include <iosfwd>

namespace xylem {

/// A cell of a line, in quotes when it must be (RFC 4180).
std::string csv_cell(std::string_view raw);

/// Time, node, type, data, and a column for every field of the first reading that has any; quoted
/// as RFC 4180 has it.
void print_csv(std::ostream& out, const std::vector<client::reading_info>& readings);

} // namespace xylem
