#include "actors/serial_port.hpp"

#include "actors/descriptor_poll.hpp"
#include "actors/file_descriptor.hpp"
#include "actors/serial_device.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <glob.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace xylem {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::string_view network_scheme = "tcp://";

/// What one turn of the I/O thread takes from a port at most: 370 small updates, 50 µs, then
/// clients have theirs.
constexpr std::size_t read_budget = 8 * 1024;

/// After a read of less, what there was has been taken. A pty that is written to all the time would
/// go on with 50 bytes a read, each of which waits for the kernel's worker: up to 5 ms a turn.
constexpr std::size_t short_read = 1024;

/// A ser2net that does not answer is tried again by the supervisor.
constexpr auto connect_timeout = std::chrono::seconds{5};

/// A pty whose other side stays open would otherwise keep everybody out, also our next try.
void let_others_in(int descriptor) {
  ioctl(descriptor, TIOCNXCL);
}

/// The descriptor and its callbacks; lives until the last handler of it has run.
class descriptor_loop : public std::enable_shared_from_this<descriptor_loop> {
public:
  /// Takes the descriptor, unless it throws.
  descriptor_loop(asio::io_context& io, file_descriptor& descriptor) : stream_{io}, input_{io} {
    stream_.assign(descriptor.get());
    descriptor.release();
    stream_.native_non_blocking(true);
  }

  void start(byte_port::callbacks handlers) {
    handlers_ = std::move(handlers);
    buffer_.resize(read_budget);
    if (!input_.add(stream_.native_handle(), 0))
      return later([why = std::generic_category().message(errno)](auto& self) { self.lose(why); });
    wait();
  }

  void write(bytes_view data) {
    stream_.async_write_some(asio::buffer(data.data(), data.size()),
                             [self = shared_from_this()](error_code error, std::size_t count) {
                               if (self->closed_)
                                 return;
                               if (error)
                                 return self->lose(error.message());
                               self->handlers_.written(count);
                             });
  }

  void discard() {
    if (stream_.is_open())
      tcflush(stream_.native_handle(), TCOFLUSH);
  }

  void close() {
    closed_ = true;
    error_code ignored;
    if (stream_.is_open())
      let_others_in(stream_.native_handle());
    stream_.close(ignored);
    input_.close();
  }

private:
  /// In a turn of its own; not when it is closed by then.
  template <class Call>
  void later(Call call) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), call] {
      if (!self->closed_)
        call(*self);
    });
  }

  void wait() {
    input_.async_wait([self = shared_from_this()](error_code error) {
      if (self->closed_)
        return;
      if (error)
        return self->lose(error.message());
      auto ready = self->input_.ready();
      self->read(!ready.empty() && ready.front().hung_up);
    });
  }

  /// Takes what is there in one batch. A pty gives at most 4,095 bytes a read.
  void read(bool hung_up) {
    std::size_t filled = 0;
    auto more = true;
    std::string lost;
    while (more && filled < buffer_.size() && lost.empty()) {
      auto room = buffer_.size() - filled;
      auto count = ::read(stream_.native_handle(), buffer_.data() + filled, room);
      if (count > 0) {
        auto size = static_cast<std::size_t>(count);
        filled += size;
        more = hung_up || size == room || size >= short_read;
      } else if (count == 0) {
        lost = "hang-up";
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        more = false;
      } else if (errno != EINTR) {
        lost = std::system_category().message(errno);
      }
    }
    if (filled > 0)
      handlers_.received(bytes_view{buffer_}.first(filled));
    if (closed_)
      return;
    if (!lost.empty())
      return lose(std::move(lost));
    try {
      if (more)
        later([hung_up](auto& self) { self.read(hung_up); });
      else
        wait();
    } catch (const std::exception& error) {
      lose(error.what()); // nothing more would ever be read
    }
  }

  void lose(std::string reason) {
    close();
    handlers_.lost(std::move(reason));
  }

  asio::posix::stream_descriptor stream_;

  /// Asio's own wait asks the descriptor each time whether it has something. A terminal that has
  /// not waits for the kernel's worker, which woke us up before it was done, and others on this core
  /// may come before it: every second read stood still beside a busy gate, a tenth of these 0.2 ms.
  descriptor_poll input_;
  byte_port::callbacks handlers_;
  bytes buffer_;
  bool closed_ = false;
};

class descriptor_port final : public byte_port {
public:
  descriptor_port(asio::io_context& io, file_descriptor& descriptor, std::string resolved)
      : loop_{std::make_shared<descriptor_loop>(io, descriptor)}, resolved_{std::move(resolved)} {}

  ~descriptor_port() override { loop_->close(); }

  void start(callbacks handlers) override { loop_->start(std::move(handlers)); }
  void write(bytes_view data) override { loop_->write(data); }
  void close() override { loop_->close(); }
  void discard() override { loop_->discard(); }
  std::string resolved() const override { return resolved_; }

private:
  std::shared_ptr<descriptor_loop> loop_;
  std::string resolved_;
};

open_result port_of(asio::io_context& io, file_descriptor descriptor, std::string resolved) {
  auto refuse = [&](std::string why) {
    let_others_in(descriptor.get());
    return open_result{nullptr, std::move(why)};
  };
  try {
    return {std::make_unique<descriptor_port>(io, descriptor, std::move(resolved))};
  } catch (const boost::system::system_error& error) {
    return refuse(error.code().message()); // such as: no descriptor is left for the wait
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
}

/// Connects to a ser2net: resolve, connect, hand the descriptor over.
class network_opener : public std::enable_shared_from_this<network_opener> {
public:
  network_opener(asio::io_context& io, std::string serial, std::function<void(open_result)> done)
      : io_{io}, resolver_{io}, socket_{io}, deadline_{io}, serial_{std::move(serial)},
        done_{std::move(done)} {}

  void start() {
    auto address = std::string_view{serial_}.substr(network_scheme.size());
    auto colon = address.rfind(':');
    if (colon == std::string_view::npos)
      return finish("no port in " + serial_);
    auto host = std::string{address.substr(0, colon)};
    if (host.starts_with('[') && host.ends_with(']'))
      host = host.substr(1, host.size() - 2);
    deadline_.expires_after(connect_timeout);
    deadline_.async_wait([self = shared_from_this()](error_code error) {
      if (!error)
        self->finish("no answer from " + self->serial_);
    });
    resolver_.async_resolve(host, std::string{address.substr(colon + 1)},
                            [self = shared_from_this()](error_code error, auto results) {
                              if (error)
                                return self->finish(self->serial_ + ": " + error.message());
                              self->connect(std::move(results));
                            });
  }

private:
  void connect(asio::ip::tcp::resolver::results_type results) {
    asio::async_connect(socket_, results,
                        [self = shared_from_this()](error_code error, const auto&) {
                          if (error)
                            return self->finish(self->serial_ + ": " + error.message());
                          self->finish({});
                        });
  }

  void finish(std::string error) {
    auto done = std::exchange(done_, nullptr);
    if (!done)
      return;
    deadline_.cancel();
    resolver_.cancel();
    if (!error.empty()) {
      error_code ignored;
      socket_.close(ignored);
      return asio::post(io_, [done, error] { done({nullptr, error}); });
    }
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket_.set_option(asio::socket_base::keep_alive{true}, ignored);
    done(port_of(io_, file_descriptor{socket_.release()}, serial_));
  }

  asio::io_context& io_;
  asio::ip::tcp::resolver resolver_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer deadline_;
  std::string serial_;
  std::function<void(open_result)> done_;
};

open_result open_device(asio::io_context& io, const mesh_settings& settings) {
  auto path = resolve_port(settings.serial);
  if (!path)
    return {nullptr, "no such port: " + settings.serial};
  auto device = open_serial_device(*path, settings);
  file_descriptor descriptor{device.descriptor};
  if (!descriptor)
    return {nullptr, std::move(device.error)};
  std::error_code ignored;
  auto real = std::filesystem::canonical(*path, ignored);
  return port_of(io, std::move(descriptor), ignored ? *path : real.string());
}

} // namespace

bool is_network_port(const std::string& serial) {
  return serial.starts_with(network_scheme);
}

std::optional<std::string> resolve_port(const std::string& pattern) {
  std::error_code ignored;
  if (std::filesystem::exists(pattern, ignored))
    return pattern;
  glob_t matches{};
  std::optional<std::string> found;
  if (glob(pattern.c_str(), 0, nullptr, &matches) == 0 && matches.gl_pathc > 0)
    found = matches.gl_pathv[0];
  globfree(&matches);
  return found;
}

port_opener make_port_opener(asio::io_context& io) {
  return [&io](const mesh_settings& settings, std::function<void(open_result)> done) {
    if (is_network_port(settings.serial))
      return std::make_shared<network_opener>(io, settings.serial, std::move(done))->start();
    asio::post(io, [&io, settings, done = std::move(done)] { done(open_device(io, settings)); });
  };
}

} // namespace xylem
