#include "actors/remote/tls_dialer.hpp"

#include "actors/remote/monitor_rules.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace xylem {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Name, TCP and TLS together.
constexpr auto connect_time = std::chrono::seconds{10};

using resolver_type = asio::ip::basic_resolver<tcp, io_executor>;

class tls_connection final : public dialed_connection {
public:
  explicit tls_connection(remote_connection_ptr connection) : connection_{std::move(connection)} {}
  ~tls_connection() override { close(); }

  void close() override { connection_->close("not followed any more"); }
  std::uint64_t bytes_received() const override { return connection_->counters().bytes_received; }

private:
  remote_connection_ptr connection_;
};

} // namespace

struct tls_dialer::attempt {
  attempt(asio::io_context& io, asio::ssl::context& tls, followed_gateway to)
      : which{std::move(to)}, resolver{io.get_executor()},
        stream{web_tcp_stream{io.get_executor()}, tls}, timer{io} {}

  void finish(std::variant<dialed_gateway, std::string> outcome) {
    timer.cancel();
    if (auto tell = std::exchange(done, nullptr))
      tell(std::move(outcome));
  }

  followed_gateway which;
  on_done done;
  on_closed closed;
  resolver_type resolver;
  web_tls_stream stream;
  asio::steady_timer timer;
  bool timed_out = false;
};

tls_dialer::tls_dialer(basp_node& node, mutual_tls& tls) : node_{node}, tls_{tls} {}

tls_dialer::~tls_dialer() = default;

void tls_dialer::dial(const followed_gateway& which, on_done done, on_closed closed) {
  auto& io = node_.unit().io();
  tls_.refresh();
  std::shared_ptr<attempt> next;
  try {
    next = std::make_shared<attempt>(io, tls_.client(), which);
  } catch (const std::exception& error) {
    return asio::post(io, [done, why = std::string{error.what()}] { done(why); });
  }
  next->done = std::move(done);
  next->closed = std::move(closed);
  next->timer.expires_after(connect_time);
  next->timer.async_wait([weak = std::weak_ptr{next}](boost::system::error_code error) {
    auto late = weak.lock();
    if (error || !late)
      return;
    late->timed_out = true;
    late->resolver.cancel();
    close_stream(late->stream);
  });
  asio::co_spawn(io.get_executor(), run(next), asio::detached);
}

task<void> tls_dialer::run(std::shared_ptr<attempt> call) {
  auto fail = [&](const std::string& why) {
    call->finish(call->timed_out ? "no answer in time" : why);
  };
  const auto& [host, port] = call->which.address;
  auto [unresolved, addresses]
    = co_await call->resolver.async_resolve(host, std::to_string(port), use_result);
  if (unresolved)
    co_return fail("its address " + host + " is not known: " + unresolved.message());
  auto& socket = socket_of(call->stream);
  auto [unconnected, where] = co_await asio::async_connect(socket, addresses, use_result);
  if (unconnected)
    co_return fail("not reached: " + unconnected.message());
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  if (!call->which.name.empty())
    expect_node(call->stream.native_handle(), call->which.name);
  auto [insecure] = co_await call->stream.async_handshake(asio::ssl::stream_base::client,
                                                             use_result);
  if (insecure)
    co_return fail(describe_tls_error(insecure, call->stream.native_handle()).text);
  auto peer = peer_certificate(call->stream.native_handle());
  if (!peer || peer->name.empty())
    co_return fail("its certificate has no name");
  call->timer.cancel();
  introduce(call, peer->name);
}

void tls_dialer::introduce(const std::shared_ptr<attempt>& call, std::string name) {
  struct outcome {
    remote_connection_ptr connection;
    bool connected = false;
  };
  auto state = std::make_shared<outcome>();
  const auto& [host, port] = call->which.address;
  remote_options options{.messages = rules_for_gates(),
                         .identity = name + "@" + host + ":" + std::to_string(port)};
  auto connected = [call, state, name](const monitor_interface& facade) {
    state->connected = true;
    call->finish(dialed_gateway{
      facade, name, std::make_unique<tls_connection>(std::exchange(state->connection, nullptr))});
  };
  auto closed = [call, state](const remote_end& why) {
    state->connection.reset();
    if (!state->connected)
      return call->finish("the connection has ended: " + describe(why));
    if (auto tell = std::exchange(call->closed, nullptr))
      tell("the connection has ended: " + describe(why));
  };
  state->connection = node_.connect<monitor_interface>(
    make_remote_stream(std::move(call->stream)), std::move(options), std::move(connected),
    std::move(closed));
}

} // namespace xylem
