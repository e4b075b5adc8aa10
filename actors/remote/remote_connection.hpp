#pragma once

#include "actors/remote/remote_type.hpp"
#include "actors/remote/stream_scribe.hpp"

#include <boost/asio/steady_timer.hpp>
#include <caf/actor_control_block.hpp>

#include <memory>

namespace xylem {

/// What one connection is allowed.
struct remote_options {
  std::vector<basp_message_rule> messages{}; ///< that the peer may send
  std::string identity{}; ///< of the peer, proven: it may replace a connection of its own
  /// Told of the bytes of each read, and of each message before it passes; a text ends the
  /// connection. Heartbeats count by their bytes.
  std::function<std::optional<std::string>(std::size_t bytes, std::size_t messages)> meter{};
  std::size_t max_message = 1024 * 1024;
  std::size_t max_sources = 16;
  std::size_t max_output = 4 * 1024 * 1024; ///< bytes that wait to be written
  std::chrono::milliseconds handshake_time{5'000};
  std::chrono::milliseconds heartbeat{5'000};
  std::chrono::milliseconds silence{15'000};
};

class basp_node;

/// One connection to another node, from the first byte of BASP to its end. It lives until then,
/// whoever holds it. I/O thread only.
class remote_connection final : public std::enable_shared_from_this<remote_connection>,
                                private stream_scribe::owner {
public:
  /// Gets what the peer publishes; on the server's side, null.
  using on_connected = std::function<void(caf::strong_actor_ptr)>;
  using on_closed = std::function<void(const remote_end&)>;

  remote_connection(basp_node& node, std::unique_ptr<remote_stream> stream, basp_policy policy,
                    remote_options options, on_connected connected, on_closed closed);

  /// A message to an actor of the peer, encoded already. CAF would encode it anew for each receiver
  /// and carry it through three mailboxes. It overtakes what was said through CAF and is not on its
  /// way yet (basp_node::is_idle()).
  template <remote_type Message>
  void send(const caf::strong_actor_ptr& from, const caf::strong_actor_ptr& to,
            std::string_view encoded) {
    scribe_->send(from->id(), to->id(), remote_type_name<Message>, encoded);
  }

  /// Output that waits is still written, on_closed is called soon.
  void close(std::string text);

  /// Bytes that wait to be written. What an actor sends counts only after it and the broker
  /// have run: who floods in one handler must count by itself.
  std::size_t queued_bytes() const noexcept { return scribe_->queued_bytes(); }

  remote_counters counters() const { return scribe_->counters(); }
  bool is_open() const noexcept { return !scribe_->has_ended(); }
  const std::string& identity() const noexcept { return options_.identity; }

private:
  friend basp_node;

  std::optional<basp_violation> admit(const basp_node_id& peer) override;
  std::optional<std::string> measure(std::size_t bytes, std::size_t messages) override;
  void connected() override;
  void ended(const remote_end& why) override;

  void begin();
  void end_with(const caf::strong_actor_ptr& facade);
  void watch_time();
  mono_time next_deadline() const;

  basp_node* node_; // null: it has forgotten this one
  remote_options options_;
  on_connected on_connected_;
  on_closed on_closed_;
  caf::intrusive_ptr<stream_scribe> scribe_;
  boost::asio::steady_timer timer_;
  mono_time begun_{};
  std::set<std::string> wanted_; // signatures, of the client's side
  bool connected_ = false;
};

using remote_connection_ptr = std::shared_ptr<remote_connection>;

} // namespace xylem
