#include "app/client/line_splitter.hpp"

namespace xylem::client {

std::optional<std::string> line_splitter::next() {
  for (;;) {
    auto end = buffer_.find('\n', scanned_);
    if (end == std::string::npos)
      break;
    auto line = buffer_.substr(start_, end - start_);
    start_ = scanned_ = end + 1;
    if (line.ends_with('\r'))
      line.pop_back();
    if (!line.empty())
      return line;
  }
  buffer_.erase(0, start_);
  start_ = 0;
  scanned_ = buffer_.size();
  return std::nullopt;
}

} // namespace xylem::client
