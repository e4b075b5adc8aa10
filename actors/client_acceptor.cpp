#include "actors/client_acceptor.hpp"

#include "actors/inherited_sockets.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace xylem {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// After an accept that failed (no descriptors left, say): the next try.
constexpr auto accept_pause = std::chrono::milliseconds{100};

/// Connections that are taken before those that exist have their turn.
constexpr std::size_t accepts_at_once = 64;

tcp::endpoint to_endpoint(asio::io_context& io, const endpoint& where) {
  error_code not_an_address;
  auto address = asio::ip::make_address(where.host, not_an_address);
  if (!not_an_address)
    return {address, where.port};
  // A name is looked up once, at start-up.
  return tcp::resolver{io}.resolve(where.host, std::to_string(where.port)).begin()->endpoint();
}

} // namespace

std::string to_text(const tcp::endpoint& where) {
  auto host = where.address().to_string();
  return (where.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(where.port());
}

client_acceptor::client_acceptor(environment& env, actor_log& log)
    : io_{env.io}, inherited_{env.inherited}, log_{log}, acceptor_{env.io}, pause_{env.io} {}

void client_acceptor::listen(const std::string& actor, const endpoint& where, accepted done) {
  if (inherited_ && inherited_->has(actor))
    take(inherited_->copy_for(actor));
  else
    open(where);
  acceptor_.native_non_blocking(true);
  address_ = to_text(acceptor_.local_endpoint());
  done_ = std::move(done);
  wait();
}

void client_acceptor::open(const endpoint& where) {
  auto local = to_endpoint(io_, where);
  acceptor_.open(local.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address{true});
  acceptor_.bind(local);
  acceptor_.listen(asio::socket_base::max_listen_connections);
}

void client_acceptor::take(file_descriptor inherited) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  if (::getsockname(inherited.get(), reinterpret_cast<sockaddr*>(&local), &size) != 0)
    throw boost::system::system_error{error_code{errno, boost::system::system_category()}};
  acceptor_.assign(local.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), inherited.get());
  inherited.release();
}

void client_acceptor::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void client_acceptor::wait() {
  acceptor_.async_wait(asio::socket_base::wait_read, [weak = weak_from_this()](error_code error) {
    if (auto self = weak.lock(); self && !error && self->acceptor_.is_open())
      self->accept();
  });
}

/// By hand: Asio would enter each socket into its own reactor, too.
void client_acceptor::take(std::vector<file_descriptor>& sockets) {
  sockets.reserve(accepts_at_once);
  auto failed = 0;
  while (sockets.size() < accepts_at_once && failed == 0) {
    auto socket = ::accept4(acceptor_.native_handle(), nullptr, nullptr,
                            SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0)
      sockets.emplace_back(socket);
    else if (errno != EINTR && errno != ECONNABORTED)
      failed = errno;
  }
  if (failed == 0 || failed == EAGAIN) {
    wait();
  } else {
    log_.warning("cannot accept a connection; it is tried again",
                 {{"error", std::strerror(failed)}});
    pause();
  }
}

/// Who comes while memory is missing comes in later. If it is missing for that, too, nobody would
/// ever come in again: the process ends.
void client_acceptor::take_or_pause(std::vector<file_descriptor>& sockets) noexcept {
  try {
    take(sockets);
  } catch (const std::exception& error) {
    pause();
    log_.error("cannot accept a connection; it is tried again", {{"error", error.what()}});
  }
}

void client_acceptor::accept() {
  std::vector<file_descriptor> sockets;
  take_or_pause(sockets);
  done_(std::move(sockets)); // last: it may close this
}

void client_acceptor::pause() {
  pause_.expires_after(accept_pause);
  pause_.async_wait([weak = weak_from_this()](error_code error) {
    if (auto self = weak.lock(); self && !error && self->acceptor_.is_open())
      self->wait();
  });
}

} // namespace xylem
