#include "actors/remote/remote_connection.hpp"

#include "actors/remote/basp_node.hpp"

#include <boost/asio/post.hpp>
#include <caf/abstract_actor.hpp>

namespace xylem {

remote_connection::remote_connection(basp_node& node, std::unique_ptr<remote_stream> stream,
                                     basp_policy policy, remote_options options,
                                     on_connected connected, on_closed closed)
    : node_{&node}, options_{std::move(options)}, on_connected_{std::move(connected)},
      on_closed_{std::move(closed)}, scribe_{caf::make_counted<stream_scribe>(
                                         node.unit(), std::move(stream), std::move(policy),
                                         options_.max_output,
                                         static_cast<stream_scribe::owner&>(*this))},
      timer_{node.unit().io()}, begun_{std::chrono::steady_clock::now()} {}

void remote_connection::close(std::string text) {
  scribe_->end_later({remote_end_kind::by_us, std::move(text), {}});
}

void remote_connection::begin() {
  scribe_->start();
  watch_time();
}

/// Also when it has ended already.
void remote_connection::end_with(const caf::strong_actor_ptr& facade) {
  auto& io = node_->unit().io();
  facade->get()->attach_functor([&io, weak = weak_from_this()](const caf::error&) {
    // Posted behind what the facade has sent to the broker.
    boost::asio::post(io, [weak] {
      if (auto self = weak.lock())
        self->scribe_->end({remote_end_kind::facade_ended, {}, {}});
    });
  });
}

std::optional<basp_violation> remote_connection::admit(const basp_node_id& peer) {
  return node_->admit(*this, peer);
}

std::optional<std::string> remote_connection::measure(std::size_t bytes, std::size_t messages) {
  return options_.meter ? options_.meter(bytes, messages) : std::nullopt;
}

void remote_connection::connected() {
  connected_ = true;
  node_->connected(*this);
}

void remote_connection::ended(const remote_end& why) {
  auto self = shared_from_this();
  timer_.cancel();
  if (auto node = std::exchange(node_, nullptr))
    node->forget(*this);
  if (auto tell = std::exchange(on_closed_, nullptr))
    tell(why);
  on_connected_ = nullptr;
}

mono_time remote_connection::next_deadline() const {
  auto now_known = scribe_->counters();
  auto next =
      std::min(now_known.last_heard + options_.silence, now_known.last_sent + options_.heartbeat);
  return connected_ ? next : std::min(next, begun_ + options_.handshake_time);
}

void remote_connection::watch_time() {
  auto now = std::chrono::steady_clock::now();
  auto counted = scribe_->counters();
  if (!connected_ && now >= begun_ + options_.handshake_time)
    return scribe_->end({remote_end_kind::no_handshake, {}, {}});
  if (now >= counted.last_heard + options_.silence)
    return scribe_->end({remote_end_kind::silent, {}, {}});
  auto next = next_deadline();
  if (connected_ && now >= counted.last_sent + options_.heartbeat) {
    scribe_->send_heartbeat();
    next = now + options_.heartbeat; // it may take its time to be written
  }
  timer_.expires_at(std::max(next, now + std::chrono::milliseconds{1}));
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    auto self = weak.lock();
    if (self && !error && self->is_open())
      self->watch_time();
  });
}

} // namespace xylem
