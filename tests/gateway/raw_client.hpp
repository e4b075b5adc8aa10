#pragma once

#include "actors/file_descriptor.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace xylem::testing {

/// A client of the field: bytes out, bytes in. Every wait has an end and throws there.
class raw_client {
public:
  /// `receive_buffer`: what its kernel takes for a client that does not read; 0: as it likes.
  explicit raw_client(std::uint16_t port, int receive_buffer = 0);

  void write(std::string_view data);

  /// Exactly so many bytes, fewer when the gateway ends the connection.
  std::string read(std::size_t size);

  /// All that comes until the gateway ends the connection.
  std::string read_to_end();

  std::string ask(std::string_view request, std::size_t reply_size) {
    write(request);
    return read(reply_size);
  }

  /// What has come up to now, without waiting; at most so many bytes.
  std::string read_waiting(std::size_t most = 64 * 1024);

  void end_writing();

  int descriptor() const noexcept { return socket_.get(); }
  bool has_ended() const noexcept { return ended_; }

private:
  file_descriptor socket_;
  bool ended_ = false;
};

} // namespace xylem::testing
