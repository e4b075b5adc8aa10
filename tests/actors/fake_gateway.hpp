#pragma once

#include "actors/file_descriptor.hpp"
#include "actors/remote/gate_configuration.hpp"
#include "protocol/event_ring.hpp"
#include "protocol/gate_frames.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <array>
#include <functional>

namespace xylem::testing {

/// The gateway at the other end of a gate's socket pair (monitor §6): has events, feeds them as
/// long as it is given credit, and answers by rule.
class fake_gateway {
public:
  explicit fake_gateway(boost::asio::io_context& io);

  /// The gate's end; once.
  file_descriptor take_socket() { return std::move(far_end_); }

  void configure(const gate_configuration& what);
  void say(gate_frame_kind kind, std::uint64_t id = 0, std::string_view body = {});

  /// As if it were killed.
  void die();

  /// Messages of mesh 0, from node 1 on; `size` bytes of data each.
  void happen(std::size_t events, std::size_t size = 4);

  /// The hub is another one: its epoch is one higher, and it knows nothing of before.
  void restart_hub();

  cursor newest() const { return ring_.newest(); }

  /// Encoded; nothing: it stays silent.
  std::function<std::optional<std::string>(const gate_question&)> answers;

  // What it has heard.
  std::uint16_t port = 0;
  std::vector<gate_question> asked;
  std::vector<std::string> states;
  std::vector<gate_line> lines;
  std::size_t follows = 0;
  std::size_t replays = 0;
  bool is_closed = false;

private:
  void read();
  void write();
  void hear(const gate_frame& frame);
  void feed();
  std::optional<std::string> answer_of(const gate_question& what) const;
  event_page page_behind(cursor from, const subscriber_filter& filter, std::size_t most) const;

  boost::asio::local::stream_protocol::socket socket_;
  file_descriptor far_end_;
  gate_frame_reader reader_;
  std::array<char, 64 * 1024> input_{};
  std::string waiting_;
  std::string writing_;
  std::uint64_t epoch_ = 7;
  event_ring ring_{epoch_, 100'000, 100'000'000};
  std::optional<cursor> fed_;
  std::uint32_t credit_ = 0;
};

/// What an answer to `hello` says by default.
gateway_hello hello_of_north();

} // namespace xylem::testing
