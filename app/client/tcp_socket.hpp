#pragma once

#include "app/client/endpoint.hpp"
#include "app/client/result.hpp"
#include "protocol/bytes.hpp"

#include <chrono>

namespace xylem::client {

using std::chrono::milliseconds;

/// The end of a wait. Every wait of this library has one.
class deadline {
public:
  /// At most a day from now.
  explicit deadline(milliseconds from_now);

  /// What is left, rounded up so that poll() never spins; 0 when it has passed.
  milliseconds left() const;

private:
  std::chrono::steady_clock::time_point end_;
};

enum class wake_up : std::uint8_t { ready, timeout, interrupted };

enum class interest : std::uint8_t { read, write, both };

/// What the socket can do now.
struct readiness {
  wake_up why = wake_up::timeout;
  bool readable = false;
  bool writable = false;
};

/// A connected TCP socket that never blocks but in wait(). Owns its descriptor; not thread-safe.
class tcp_socket {
public:
  /// Tries every address of the host until one accepts.
  static result<tcp_socket> connect(const endpoint& where, milliseconds timeout);

  explicit tcp_socket(int descriptor) noexcept : descriptor_{descriptor} {}
  tcp_socket(tcp_socket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  tcp_socket& operator=(tcp_socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~tcp_socket();

  int descriptor() const noexcept { return descriptor_; }

  /// Hands the connection over.
  int release() noexcept { return std::exchange(descriptor_, -1); }

  readiness wait(interest what, const deadline& until) const;

  /// What has arrived, at most `limit` bytes; `closed` at the end of the stream. Empty when
  /// there is nothing yet.
  result<bytes> read_some(std::size_t limit);

  /// How many bytes were taken; `closed` when the other side takes no more.
  result<std::size_t> write_some(bytes_view data);

  void end_writing() noexcept;

private:
  int descriptor_;
};

} // namespace xylem::client
