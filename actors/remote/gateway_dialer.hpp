#pragma once

#include "actors/interfaces.hpp"

#include <functional>
#include <memory>

namespace xylem {

/// A connection to a gate that is authenticated. Ends when it is dropped.
class dialed_connection {
public:
  virtual ~dialed_connection() = default;

  /// What is under way is written still; on_closed may be called then.
  virtual void close() = 0;

  virtual std::uint64_t bytes_received() const = 0;
};

struct dialed_gateway {
  monitor_interface facade;
  std::string name; ///< in its certificate
  std::unique_ptr<dialed_connection> connection;
};

/// Connects to gates. I/O thread only; callbacks come later, never from within the call.
class gateway_dialer {
public:
  using on_done = std::function<void(std::variant<dialed_gateway, std::string>)>;
  using on_closed = std::function<void(std::string reason)>;

  virtual ~gateway_dialer() = default;

  /// One of the two: `done` once, with the connection or why there is none, 15 s later at most;
  /// `closed` at most once after a success.
  virtual void dial(const followed_gateway& which, on_done done, on_closed closed) = 0;
};

} // namespace xylem
