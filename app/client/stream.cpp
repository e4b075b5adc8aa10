#include "app/client/stream.hpp"

namespace xylem::client {

namespace {

constexpr std::size_t read_size = 64 * 1024;

/// What arrives within `until`; nothing at its end or when a signal was handled.
result<std::optional<bytes>> read_until(tcp_socket& socket, const deadline& until) {
  for (;;) {
    if (socket.wait(interest::read, until).why != wake_up::ready)
      return std::optional<bytes>{};
    auto chunk = socket.read_some(read_size);
    if (!chunk)
      return chunk.error();
    if (!chunk->empty())
      return std::optional{std::move(*chunk)};
  }
}

} // namespace

push_stream::push_stream(tcp_socket socket, bytes_view first, byte_order request_address)
    : socket_{std::move(socket)}, splitter_{request_address} {
  for (auto& found : splitter_.feed(first))
    ready_.push_back(std::move(found));
}

result<std::optional<push>> push_stream::next(milliseconds wait) {
  deadline until{wait};
  while (ready_.empty()) {
    auto chunk = read_until(socket_, until);
    if (!chunk)
      return chunk.error();
    if (!*chunk)
      return std::optional<push>{};
    for (auto& found : splitter_.feed(**chunk))
      ready_.push_back(std::move(found));
  }
  auto first = std::move(ready_.front());
  ready_.pop_front();
  return std::optional{std::move(first)};
}

} // namespace xylem::client
