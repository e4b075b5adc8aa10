#pragma once

#include "actors/io_unit.hpp"
#include "actors/remote/remote_end.hpp"
#include "actors/remote/remote_stream.hpp"
#include "protocol/basp_firewall.hpp"
#include "protocol/time.hpp"

#include <boost/asio/steady_timer.hpp>
#include <caf/io/scribe.hpp>

namespace xylem {

struct remote_counters {
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  basp_counters basp{};
  mono_time last_heard{}; ///< of its last byte
  mono_time last_sent{};
};

/// One connection as CAF's BASP broker sees it, over a stream of ours: what comes passes the
/// firewall first, what goes waits in a bounded buffer while one write is under way. I/O thread
/// only. Ends by itself when the stream, the peer or CAF ends it.
class stream_scribe final : public caf::io::scribe {
public:
  /// Who is told; lives until it was told of the end.
  class owner {
  public:
    /// A peer has introduced itself: why not to let it in. Outside of actors.
    virtual std::optional<basp_violation> admit(const basp_node_id& peer) = 0;
    /// What came: the bytes of a read, or a message that is about to pass; why it is too much.
    virtual std::optional<std::string> measure(std::size_t bytes, std::size_t messages) = 0;
    /// CAF knows the peer.
    virtual void connected() = 0;
    /// Once. CAF has forgotten the connection.
    virtual void ended(const remote_end& why) = 0;

  protected:
    ~owner() = default;
  };

  stream_scribe(io_unit& unit, std::unique_ptr<remote_stream> stream, basp_policy policy,
                std::size_t max_output, owner& tell);

  /// As soon as the broker has it.
  void start() { read(); }

  /// Output that waits is still written if the end is ours. Not while the broker runs.
  void end(const remote_end& why);

  /// The same, later; from anywhere on the I/O thread.
  void end_later(remote_end why);

  void send_heartbeat();

  /// A message that did not go through CAF (basp_wire.hpp). Not while the broker runs.
  void send(std::uint64_t source, std::uint64_t destination, std::string_view type,
            std::string_view content);

  bool has_ended() const noexcept { return owner_ == nullptr; }
  std::size_t queued_bytes() const noexcept { return waiting_.size() + writing_.size() - written_; }
  remote_counters counters() const;
  const basp_firewall& firewall() const noexcept { return firewall_; }

  void configure_read(caf::io::receive_policy::config) override {} // frames come as they are
  void ack_writes(bool) override {}
  std::vector<char>& wr_buf() override { return output_; }
  std::vector<char>& rd_buf() override { return input_; }
  void flush() override;
  void graceful_shutdown() override;
  void add_to_loop() override {}
  void remove_from_loop() override {}
  std::string addr() const override { return "stream"; }
  std::uint16_t port() const override { return 0; }

private:
  using ptr = caf::intrusive_ptr<stream_scribe>;

  void read();
  void received(std::size_t size);
  bool is_too_much(std::size_t bytes, std::size_t messages);
  void pass_on(std::string_view bytes);
  bool deliver(const basp_frame& frame);
  bool give_to_caf(std::string_view bytes);
  void write();
  void written(boost::system::error_code error, std::size_t size);
  void drain();
  void finish();

  io_unit& unit_;
  std::unique_ptr<remote_stream> stream_;
  basp_firewall firewall_;
  std::size_t max_output_;
  owner* owner_; // null: ended
  bool connected_ = false;
  bool drains_ = false; // ended, and writes what waits
  boost::asio::steady_timer lingers_;
  bool writes_ = false;
  remote_counters counters_;
  std::vector<char> read_;    // what the stream reads into
  std::vector<char> input_;   // what CAF reads from
  std::vector<char> output_;  // what CAF writes into
  std::vector<char> waiting_; // for the write that is under way
  std::vector<char> writing_; // from written_ on
  std::size_t written_ = 0;
};

} // namespace xylem
