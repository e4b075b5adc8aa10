// The body of a POST of a command (web §1.3). What is understood can be written again, and is
// understood as the same.
#include "protocol/limits.hpp"
#include "protocol/web_message.hpp"
#include "tests/fuzz/presentable.hpp"

namespace {

using namespace xylem;

std::string body_of(const command& what) {
  boost::json::object out{{"kind", to_string(what.kind)}};
  if (what.kind == command_kind::send)
    out["node"] = what.node.value;
  if (!what.message.empty())
    out["data"] = to_hex(what.message);
  if (what.kind == command_kind::clean)
    out["confirm"] = "clean";
  return boost::json::serialize(out);
}

void require_command(const command& what) {
  auto has_message = what.kind == command_kind::send || what.kind == command_kind::broadcast;
  require(what.message.empty() != has_message);
  require(what.message.size() <= limits::max_message);
  require(what.kind == command_kind::send || what.node == node_address{});
  auto again = parse_command_body(body_of(what));
  require(std::holds_alternative<command>(again) && std::get<command>(again) == what);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto copy = copy_of(std::as_bytes(std::span{data, size})); // its end is that of what may be read
  auto parsed = parse_command_body(text_of(copy));
  if (auto what = std::get_if<command>(&parsed))
    require_command(*what);
  else
    require_presentable(std::get<problem>(parsed));
  return 0;
}
