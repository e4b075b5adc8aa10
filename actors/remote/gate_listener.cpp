#include "actors/remote/gate_listener.hpp"

#include "actors/client_acceptor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace xylem {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// After an accept that failed (no descriptors left, say): the next try.
constexpr auto accept_pause = std::chrono::milliseconds{100};

/// For the words with which somebody is sent away.
constexpr auto goodbye_time = std::chrono::seconds{1};

tcp::endpoint to_endpoint(asio::io_context& io, const endpoint& where) {
  error_code not_an_address;
  auto address = asio::ip::make_address(where.host, not_an_address);
  if (!not_an_address)
    return {address, where.port};
  return tcp::resolver{io}.resolve(where.host, std::to_string(where.port)).begin()->endpoint();
}

host_address bytes_of(const asio::ip::address& address) {
  if (address.is_v6())
    return address.to_v6().to_bytes();
  return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

} // namespace

/// One that is not known yet.
struct gate_listener::handshake : std::enable_shared_from_this<handshake> {
  handshake(web_tcp_stream socket, asio::ssl::context& tls, const tcp::endpoint& from)
      : stream{limited_socket{std::move(socket), limits::monitor_handshake_bytes}, tls},
        late{socket_of(stream).get_executor()}, source{bytes_of(from.address())},
        address{to_text(from)} {}

  /// Whatever is under way ends then.
  void end_after(mono_time::duration time) {
    late.expires_after(time);
    late.async_wait([self = shared_from_this()](error_code error) {
      if (error)
        return;
      self->is_late = true;
      close_stream(self->stream);
    });
  }

  tls_stream stream;
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, io_executor>
    late;
  host_address source;
  std::string address;
  bool is_late = false;
  bool counted = true; // as a handshake, by the guard
};

gate_listener::gate_listener(asio::io_context& io, const clock_source& clock, mutual_tls_ptr tls,
                             gate_limits limits, events tell)
    : io_{io}, clock_{clock}, tls_{std::move(tls)}, limits_{limits}, tell_{std::move(tell)},
      acceptor_{io}, pause_{io}, guard_{{.connections = limits.connections}} {}

void gate_listener::listen(const endpoint& where) {
  tls_->server(); // throws when it cannot be made
  auto local = to_endpoint(io_, where);
  acceptor_.open(local.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address{true});
  acceptor_.bind(local);
  acceptor_.listen(asio::socket_base::max_listen_connections);
  asio::co_spawn(
    io_, [self = shared_from_this()] { return self->accept_all(); }, asio::detached);
}

void gate_listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

std::uint16_t gate_listener::port() const {
  return acceptor_.local_endpoint().port();
}

task<void> gate_listener::accept_all() {
  while (acceptor_.is_open()) {
    tcp::endpoint from;
    auto [error, socket] = co_await acceptor_.async_accept(from, use_result);
    if (!acceptor_.is_open())
      co_return;
    if (!error) {
      greet(std::move(socket), from);
    } else if (error != asio::error::connection_aborted) {
      tell_.log(log_level::warning,
                "cannot accept a monitor, it is tried again: " + error.message());
      pause_.expires_after(accept_pause);
      co_await pause_.async_wait(use_result);
    }
  }
}

/// Nothing is read, and nothing said, before it may try.
void gate_listener::greet(web_tcp_stream socket, const tcp::endpoint& from) {
  ++accepted_;
  if (auto why = guard_.accept(bytes_of(from.address()), clock_.now().mono))
    return refuse(to_string(*why), "the connection was closed at once", to_text(from));
  error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  auto with = std::make_shared<handshake>(std::move(socket), tls_->server(), from);
  asio::co_spawn(
    io_, [self = shared_from_this(), with] { return self->shake_hands(with); }, asio::detached);
}

task<void> gate_listener::shake_hands(std::shared_ptr<handshake> with) {
  with->end_after(limits_.handshake_time);
  auto known = false;
  try {
    known = co_await authenticate(*with);
  } catch (const std::exception& error) {
    refuse(to_string(tls_failure::broken), error.what(), with->address);
  }
  with->late.cancel();
  if (known)
    co_return;
  close_stream(with->stream);
  if (with->counted)
    guard_.handshake_ended(with->source);
}

/// False: it was refused, and told why as far as TLS has words for it.
task<bool> gate_listener::authenticate(handshake& with) {
  auto [error] = co_await with.stream.async_handshake(asio::ssl::stream_base::server, use_result);
  if (error) {
    note_failure(with, error);
    co_return false;
  }
  auto who = peer_certificate(with.stream.native_handle());
  auto scope = (who ? access_.scope_of(who->name) : std::nullopt).value_or(access_scope::read);
  if (auto denial = denial_of(with, who, scope))
    co_return co_await send_away(with, *denial);
  socket_of(with.stream).lift_limit();
  // 34 KiB for who is let in, instead of two allocations a page.
  SSL_clear_mode(with.stream.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  auto shown = names_.take(who->name).value_or(who->name);
  tell_.admitted({make_remote_stream(std::move(with.stream)), *std::move(who), scope,
                  std::move(shown), std::move(with.address)});
  co_return true;
}

void gate_listener::note_failure(handshake& with, const error_code& error) {
  if (with.is_late)
    return refuse(to_string(monitor_refusal::handshake_too_late),
                  "it did not shake hands in time", with.address);
  if (socket_of(with.stream).is_exhausted())
    return refuse(to_string(monitor_refusal::handshake_too_long),
                  "it said too much before it was known", with.address);
  auto why = describe_tls_error(error, with.stream.native_handle());
  refuse(to_string(why.kind), why.text, with.address);
}

/// Nothing: it is a connection of the guard's now.
std::optional<monitor_denial> gate_listener::denial_of(handshake& with,
                                                       const std::optional<node_identity>& who,
                                                       access_scope scope) {
  if (!who)
    return monitor_denial{to_string(tls_failure::no_certificate), "it has shown no certificate"};
  if (auto why = why_not(*who, scope, clock_.now().wall))
    return why;
  with.counted = false;
  if (auto full = guard_.authenticated(with.source, who->name))
    return monitor_denial{to_string(*full), "no room for " + who->name};
  return std::nullopt;
}

task<bool> gate_listener::send_away(handshake& with, const monitor_denial& why) {
  refuse(why.reason, why.text, with.address);
  with.end_after(goodbye_time);
  co_await with.stream.async_shutdown(use_result);
  co_return false;
}

std::optional<monitor_denial> gate_listener::why_not(const node_identity& who, access_scope scope,
                                                     wall_time at) const {
  if (tls_->is_revoked(who))
    return monitor_denial{to_string(access_denial::revoked),
                          explain(access_denial::revoked, who, at)};
  if (auto why = access_.why_not(who, scope, at))
    return monitor_denial{to_string(*why), explain(*why, who, at)};
  return std::nullopt;
}

void gate_listener::ended(const std::string& name, const std::string& shown) {
  guard_.ended(name);
  names_.give_back(shown);
}

void gate_listener::refuse(std::string_view reason, std::string_view text,
                           std::string_view address) {
  if (auto line = refusals_.note(reason, text, address, clock_.now().mono))
    tell_.log(log_level::warning, "a monitor was refused: " + *line);
}

void gate_listener::tick() {
  for (const auto& line : refusals_.tick(clock_.now().mono))
    tell_.log(log_level::warning, "a monitor was refused: " + line);
}

} // namespace xylem
