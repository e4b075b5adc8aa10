#pragma once

#include "protocol/data_type.hpp"
#include "protocol/frame.hpp"
#include "protocol/iso_time.hpp"
#include "protocol/node_table.hpp"
#include "protocol/subscriber_queue.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace xylem {

/// Every byte that was read, in exactly one of the sums.
boost::json::object to_json(const frame_counters& counters);

boost::json::object to_json(const subscriber_counters& counters);

boost::json::array to_json(const data_type_registry& types);

/// A node (web §1.1), at the end of `out`.
void append_node(std::string& out, const node& subject);

/// A reading (web §1.1) without its closing brace: the latest ones have more members.
void append_reading(std::string& out, node_address owner, type_code code, const reading& what,
                    const data_type_registry& types);

/// One event as programs see it (web §3.3); a reading with its fields, if its type is known.
void append_event(std::string& out, const event& what, std::uint64_t epoch, std::string_view mesh,
                  const data_type_registry& types);

} // namespace xylem
