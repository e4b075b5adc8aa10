#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace xylem {

/// Sees at once when a port comes back: watches the folder of a path, or the nearest one above it
/// that exists, with inotify. Used on the I/O thread only.
class port_watch : public std::enable_shared_from_this<port_watch> {
public:
  /// `changed` is called after anything in the folder has changed. Without inotify it never is:
  /// the supervisor's back-off finds the port all the same.
  port_watch(boost::asio::io_context& io, std::string path, std::function<void()> changed);

  void start();
  void stop();

private:
  void watch_folder();
  bool read_events();
  void wait();

  boost::asio::posix::stream_descriptor notify_;
  std::string path_;
  std::function<void()> changed_;
  std::string watched_;
  int watch_ = -1;
};

} // namespace xylem
