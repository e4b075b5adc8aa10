#pragma once

#include "marker.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// What the field's roots send, built from the wire document alone (wire §1 and §2), and what
/// every tool knows that nodes measure.
namespace xylem::bench {

/// Of a node, made of its address alone, so that every reply can be checked. Never escaped.
std::string value_of(std::uint16_t node, std::size_t size);

/// `FF payload FE`, escaped.
std::string framed(std::string_view payload);

/// One reading.
std::string update_frame(std::uint16_t node, std::string_view type, std::size_t value_size);

/// `[M]` with a marker inside, for the listeners; `size` is that of the message.
std::string message_frame(std::uint16_t node, marker what, std::size_t size);

void put_address(std::string& out, std::uint16_t node);

} // namespace xylem::bench
