// A message of a WebSocket (web §3.2), to a gateway of one mesh and to one of two. What is
// understood is the same message when its JSON is written in another way.
#include "protocol/limits.hpp"
#include "protocol/web_message.hpp"
#include "tests/fuzz/presentable.hpp"

namespace {

using namespace xylem;

void require_sendable(const boost::json::value& id) {
  require(id.is_null() || id.is_int64() || id.is_uint64() || id.is_string());
  require(!id.is_string() || id.get_string().size() <= 64);
}

void require_message(const web_message& message, std::size_t meshes) {
  auto wanted = std::get_if<command_request>(&message);
  if (!wanted)
    return;
  require(wanted->mesh.value < meshes);
  require(wanted->what.message.size() <= limits::max_message);
}

void run(std::string_view text, std::span<const std::string> meshes) {
  auto parsed = parse_web_message(text, meshes);
  require_sendable(parsed.id);
  if (auto wrong = std::get_if<problem>(&parsed.content))
    return require_presentable(*wrong);
  require_message(std::get<web_message>(parsed.content), meshes.size());
  auto again = parse_web_message(boost::json::serialize(boost::json::parse(text)), meshes);
  require(again.id == parsed.id && again.content == parsed.content);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<std::string> meshes{"default", "north"};
  auto copy = copy_of(std::as_bytes(std::span{data, size})); // its end is that of what may be read
  run(text_of(copy), std::span{meshes}.first(1));
  run(text_of(copy), meshes);
  return 0;
}
