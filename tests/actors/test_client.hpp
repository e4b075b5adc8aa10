#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xylem::testing {

/// A client on a real socket of 127.0.0.1 that never blocks: the test runs both sides.
class test_client {
public:
  /// `receive_buffer` of 0 is the system's own choice.
  explicit test_client(std::uint16_t port, int receive_buffer = 0);
  test_client(test_client&& other) noexcept;
  test_client& operator=(test_client&&) = delete;
  ~test_client();

  /// How many bytes the socket took: all of them, unless it is full or closed.
  std::size_t offer(std::string_view data);

  void send(std::string_view data);

  /// Says that nothing more will be asked.
  void half_close();

  /// Closes with a reset.
  void abort();

  /// Everything that has come so far.
  const std::string& received();
  void forget_received() { received_.clear(); }

  /// The gateway has closed, and all that it wrote before has been read.
  bool ended();

  /// Segments with data that have come: writes of the gateway that were not joined.
  std::uint32_t segments() const;

private:
  int socket_;
  std::string received_;
  bool ended_ = false;
};

} // namespace xylem::testing
