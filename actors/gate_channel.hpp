#pragma once

#include "actors/file_descriptor.hpp"
#include "protocol/gate_frames.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <array>
#include <functional>
#include <memory>

namespace xylem {

/// The gateway's end of the socket pair to its gate (monitor §6). Nothing waits: what cannot be
/// written now is kept, and while there is much of it nothing is read. I/O thread only.
class gate_channel : public std::enable_shared_from_this<gate_channel> {
public:
  enum class end : std::uint8_t {
    closed,    ///< by the gate
    no_frame,  ///< what it said is none
    does_not_read,
  };

  /// Callbacks, never from within a call of this class. `ended` is the last one.
  struct events {
    std::function<void(std::vector<gate_frame> frames)> received; ///< of one read
    std::function<void(end why)> ended;
  };

  gate_channel(boost::asio::io_context& io, file_descriptor socket, events tell);

  /// To be called once.
  void start();

  void send(gate_frame_kind kind, std::uint64_t id, std::string_view body);

  /// Nobody is called back any more.
  void close();

  std::size_t queued_bytes() const noexcept { return waiting_.size() + writing_.size(); }

private:
  void read();
  void received(std::size_t size);
  void write();
  void stop_writing();
  void finish(end why);

  boost::asio::local::stream_protocol::socket socket_;
  events tell_;
  gate_frame_reader reader_;
  std::array<char, 64 * 1024> input_{};
  std::string waiting_; // for the write that is under way
  std::string writing_;
  bool open_ = true;
  bool writable_ = true;
  bool reading_ = false;
};

} // namespace xylem
