#pragma once

#include "app/client/gateway_state.hpp"

#include <iosfwd>

namespace xylem {

/// A line for each step: of each field the mean, and in brackets what it was between.
void print_table(std::ostream& out, const std::vector<client::bucket_info>& buckets);

/// Time, count, and five columns for each field, quoted as RFC 4180 has it; what there is not is
/// empty.
void print_csv(std::ostream& out, const std::vector<client::bucket_info>& buckets);

} // namespace xylem
