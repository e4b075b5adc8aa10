// On its own: <asm/termbits.h>, which knows rates as numbers, does not go with <termios.h>.
#include "app/sim/pty_port.hpp"

#include <asm/termbits.h>
#include <sys/ioctl.h>

namespace xylem {

std::optional<std::uint32_t> pty_port::rate() const noexcept {
  termios2 mode{};
  if (!is_plugged() || ioctl(master_.get(), TCGETS2, &mode) != 0)
    return std::nullopt;
  return mode.c_ospeed;
}

} // namespace xylem
