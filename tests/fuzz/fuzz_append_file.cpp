// The end of a file of `xylem monitor --append`, as a crash or somebody's editor may have left it.
// What is kept are whole lines, and says the same when it is read again.
#include "app/commands/monitor_file_end.hpp"
#include "protocol/bytes.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace xylem;

void require_end(std::string_view content, file_part which) {
  auto read = read_file_end(content, which);
  if (auto why = std::get_if<std::string>(&read))
    return require(why->size() < 1024);
  const auto& end = std::get<monitor_file_end>(read);
  require(end.size <= content.size());
  require(end.size == 0 || content[end.size - 1] == '\n');
  for (const auto& [name, position] : end.positions) {
    require(!name.empty() && position.at < end.size);
    require(position.at == 0 || content[position.at - 1] == '\n');
  }
  auto again = read_file_end(content.substr(0, end.size), which);
  require((which == file_part::last && end.size == 0)
          || std::get<monitor_file_end>(again).positions == end.positions);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto copy = copy_of(std::as_bytes(std::span{data, size})); // its end is that of what may be read
  require_end(text_of(copy), file_part::all);
  require_end(text_of(copy), file_part::last);
  return 0;
}
