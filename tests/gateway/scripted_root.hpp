#pragma once

#include "actors/file_descriptor.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xylem::testing {

/// A root that says what the test wants and remembers the commands it gets. Every wait has an end
/// and throws there.
class scripted_root {
public:
  /// One frame.
  void say(std::string_view payload);

  /// Bytes as they are, all of them.
  void print(std::string_view raw);

  /// The payload of every command since the start, in order.
  const std::vector<std::string>& heard();

  /// How often this command came.
  std::size_t count(std::string_view command);

  /// Waits until the command has come so often.
  void await_command(std::string_view command, std::size_t times = 1);

  std::uint64_t bytes_said() const noexcept { return bytes_said_; }
  std::uint64_t bytes_heard() const noexcept { return bytes_heard_; }

protected:
  ~scripted_root() = default;

  void attach(file_descriptor line);
  void detach();
  int line() const noexcept { return line_.get(); }

private:
  file_descriptor line_;
  std::string stream_; // of a command that is not complete
  std::vector<std::string> heard_;
  std::uint64_t bytes_said_ = 0;
  std::uint64_t bytes_heard_ = 0;
};

/// Its cable is a pseudo terminal that a link leads to.
class pty_root : public scripted_root {
public:
  explicit pty_root(std::string link) : link_{std::move(link)} {}
  ~pty_root() { unplug(); }

  /// A new device; the link then leads to it, replaced in one step.
  void plug();

  /// The link goes away, then the device.
  void unplug();

  /// A new device takes the place of the old one before the old one is gone.
  void exchange();

  /// The port takes no more bytes from the gateway, or again.
  void freeze() const;
  void thaw() const;

  const std::string& link() const noexcept { return link_; }
  const std::string& device() const noexcept { return device_; }

  /// The gateway's end, as another program would have it open.
  int device_descriptor() const noexcept { return device_end_.get(); }

private:
  file_descriptor make_line();
  void publish() const;

  std::string link_;
  std::string device_;
  file_descriptor device_end_; // keeps what is written before the gateway opens it
};

/// Its cable ends at a ser2net: the gateway connects to a TCP port of the test.
class tcp_root : public scripted_root {
public:
  tcp_root();

  std::string url() const { return "tcp://127.0.0.1:" + std::to_string(port_); }

  void accept();
  void hang_up() { detach(); }

  /// Nobody is let in any more, or again at the same port.
  void close_door() { door_.close(); }
  void open_door();

private:
  file_descriptor door_;
  std::uint16_t port_ = 0;
};

} // namespace xylem::testing
