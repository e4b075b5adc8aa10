#pragma once

#include "app/sim/pty_port.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace xylem::bench {

/// The end of the cable at which the root is. What the gateway says is read and thrown away.
class root_port {
public:
  /// `link` leads to the terminal; empty: no link.
  explicit root_port(std::string link) : port_{std::move(link)} {}

  const std::string& device() const noexcept { return port_.device(); }

  void unplug() noexcept { port_.unplug(); }
  void plug() { port_.plug(); }

  /// False: nobody opened it.
  bool await_open(double patience_s) const;

  /// All of `data`, however long that takes. False: told to stop, or nobody has the port open.
  bool write(std::string_view data);

  void drain() noexcept;

private:
  bool wait_for_room();

  pty_port port_;
};

} // namespace xylem::bench
