#pragma once

#include "actors/settings.hpp"

#include <functional>
#include <memory>
#include <system_error>

namespace xylem {

/// A serial port, or what stands in for one. Used on the I/O thread only; its callbacks come
/// there too, never from inside of a call to the port, and none after close(). Any of them may
/// close the port, or destroy it.
class byte_port {
public:
  struct callbacks {
    /// Bytes from the root; the view lives for the call. Never empty.
    std::function<void(bytes_view)> received;
    /// The port took `count` bytes of the last write().
    std::function<void(std::size_t count)> written;
    /// The port is gone; nothing else follows.
    std::function<void(std::string reason)> lost;
  };

  virtual ~byte_port() = default;

  virtual void start(callbacks handlers) = 0;

  /// One at a time: the next one after `written`. `data` must live until then.
  virtual void write(bytes_view data) = 0;

  virtual void close() = 0;

  /// Forgets bytes that the driver has taken and not sent yet: a line that takes none would hold
  /// close(), and everybody with it, for 30 s.
  virtual void discard() {}

  /// The device that was opened, for people: `/dev/ttyUSB0`.
  virtual std::string resolved() const = 0;
};

struct open_result {
  std::unique_ptr<byte_port> port; ///< null when it could not be opened
  std::string error{};             ///< then why, with who holds it if somebody does
};

/// Opens the port of `mesh` and calls `done` on the I/O thread, not from inside of the call.
using port_opener = std::function<void(const mesh_settings& mesh,
                                       std::function<void(open_result)> done)>;

} // namespace xylem
