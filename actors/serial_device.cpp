#include "actors/serial_device.hpp"

#include <asm/termbits.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace xylem {

namespace fs = std::filesystem;

namespace {

std::string errno_text() {
  return std::system_category().message(errno);
}

/// Raw 8N1 at any rate: termios2 takes numbers where termios has a list.
bool configure(int descriptor, const mesh_settings& settings) {
  termios2 mode{};
  if (ioctl(descriptor, TCGETS2, &mode) != 0)
    return false;
  mode.c_iflag &= ~tcflag_t{IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF};
  mode.c_oflag &= ~tcflag_t{OPOST};
  mode.c_lflag &= ~tcflag_t{ECHO | ECHONL | ICANON | ISIG | IEXTEN};
  mode.c_cflag &= ~tcflag_t{CSIZE | PARENB | CSTOPB | CRTSCTS | CBAUD | (CBAUD << IBSHIFT)};
  mode.c_cflag |= CS8 | CLOCAL | CREAD | BOTHER | (BOTHER << IBSHIFT);
  if (settings.flow == flow_control::hardware)
    mode.c_cflag |= CRTSCTS;
  if (settings.flow == flow_control::software)
    mode.c_iflag |= IXON | IXOFF;
  mode.c_ispeed = settings.baud;
  mode.c_ospeed = settings.baud;
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  return ioctl(descriptor, TCSETS2, &mode) == 0;
}

/// Not every port has modem lines (a pty has none), so failure is no error.
void set_modem_lines(int descriptor, modem_lines lines) {
  int bits = TIOCM_DTR | TIOCM_RTS;
  if (lines == modem_lines::release)
    ioctl(descriptor, TIOCMBIC, &bits);
  else if (lines == modem_lines::set)
    ioctl(descriptor, TIOCMBIS, &bits);
}

bool holds(const fs::path& process, const fs::path& device) {
  std::error_code ignored;
  for (fs::directory_iterator entry{process / "fd", ignored}, end; !ignored && entry != end;
       entry.increment(ignored)) {
    std::error_code unreadable;
    if (fs::read_symlink(entry->path(), unreadable) == device && !unreadable)
      return true;
  }
  return false;
}

device_result failed(int descriptor, std::string error) {
  if (descriptor >= 0)
    close(descriptor);
  return {-1, std::move(error)};
}

} // namespace

std::string describe_holder(const std::string& path) {
  std::error_code ignored;
  auto device = fs::canonical(path, ignored);
  auto self = std::to_string(getpid());
  for (fs::directory_iterator entry{"/proc", ignored}, end; !ignored && entry != end;
       entry.increment(ignored)) {
    auto pid = entry->path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos || pid == self
        || !holds(entry->path(), device))
      continue;
    std::string name;
    std::getline(std::ifstream{entry->path() / "comm"}, name);
    return "pid " + pid + " (" + name + ")";
  }
  return {};
}

device_result open_serial_device(const std::string& path, const mesh_settings& settings) {
  auto descriptor = open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) {
    auto busy = errno == EBUSY;
    auto error = "cannot open " + path + ": " + errno_text();
    return failed(-1, busy ? error + ", held by " + describe_holder(path) : error);
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    auto holder = describe_holder(path);
    return failed(descriptor, path + " is locked by "
                                + (holder.empty() ? "another part of this process or another user"
                                                  : holder));
  }
  if (!isatty(descriptor))
    return failed(descriptor, path + " is not a serial port");
  if (!configure(descriptor, settings))
    return failed(descriptor, "cannot set up " + path + " at " + std::to_string(settings.baud)
                                + " baud: " + errno_text());
  ioctl(descriptor, TIOCEXCL);
  set_modem_lines(descriptor, settings.modem);
  return {descriptor, {}};
}

} // namespace xylem
