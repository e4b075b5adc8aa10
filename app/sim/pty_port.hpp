#pragma once

#include "actors/file_descriptor.hpp"
#include "protocol/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace xylem {

/// A serial port made of a pseudo terminal: the gateway opens the device, we are what is at the
/// other end of the cable. It can be unplugged and plugged in again as another device; the link
/// always leads to the present one. Linux. Not thread-safe.
class pty_port {
public:
  /// Plugged in from the start. `link` is created or replaced, but only if it is a symbolic link;
  /// empty: no link. Throws std::system_error.
  explicit pty_port(std::string link);
  pty_port(const pty_port&) = delete;
  pty_port& operator=(const pty_port&) = delete;
  ~pty_port() { unplug(); }

  void plug();
  void unplug() noexcept;

  bool is_plugged() const noexcept { return static_cast<bool>(master_); }

  /// For poll(), which reports POLLHUP at once while nobody has the device open; -1: unplugged.
  int descriptor() const noexcept { return master_.get(); }

  /// The device itself, such as `/dev/pts/3`; it changes when the port is plugged in again.
  const std::string& device() const noexcept { return device_; }

  /// The link, or the device when there is none.
  const std::string& path() const noexcept { return link_.empty() ? device_ : link_; }

  /// True while somebody has the device open, or has left bytes that were not read yet.
  bool is_open() const noexcept;

  /// Empty when nothing is there.
  bytes_view read(std::span<std::byte> buffer) noexcept;

  /// How many bytes the port took.
  std::size_t write(bytes_view data) noexcept;

  /// The rate that the other end is set to; nothing: it cannot be told.
  std::optional<std::uint32_t> rate() const noexcept;

  /// What closing does to a real port, but not to a terminal whose other end stays open: what the
  /// last user left unread goes away, and his exclusive mode (TIOCEXCL), which would lock out the
  /// next one. Does nothing when somebody has it open again. Throws std::system_error.
  void renew();

private:
  void publish() const;
  bool link_is_ours() const noexcept;

  std::string link_;
  std::string device_;
  file_descriptor master_;
};

} // namespace xylem
