#pragma once

#include "actors/file_descriptor.hpp"
#include "actors/settings.hpp"
#include "protocol/gate_frames.hpp"
#include "protocol/time.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace xylem {

/// The gate's end of its socket pair to the gateway (monitor §6): frames, questions and their
/// answers, the credit of the feed. I/O thread only. Says `lost` once, and nothing after that.
class gate_client : public std::enable_shared_from_this<gate_client> {
public:
  /// The encoded answer; nothing: it did not come in time.
  using answered = std::function<void(std::optional<std::string>)>;

  /// Callbacks, never from within a call of this class.
  struct events {
    std::function<void(std::string_view text)> configured;
    std::function<void(event_page page)> fed;
    std::function<void()> ended;
    std::function<void(std::string_view why)> lost;
  };

  gate_client(boost::asio::io_context& io, file_descriptor socket, events tell);

  /// To be called once.
  void start();

  /// Nobody is called back any more.
  void close();

  void ask(std::string who, question_kind kind, std::string encoded, answered done);
  void ask_replay(const gate_replay& what, answered done);

  /// Events are fed from now on.
  void follow();

  /// Calls back when everything that was told is written; nobody is asked or told after it.
  void finish(std::function<void()> done);

  void tell_listening(std::uint16_t port);
  void tell_state(std::string_view json);
  void tell(log_level level, std::string_view text);

private:
  struct question {
    gate_frame_kind kind{};
    std::string body{};
    mono_time deadline{};
    answered done{}; // empty: nobody waits any more
  };

  void read();
  void received_or_fail(std::size_t size);
  void received(std::size_t size);
  bool handle(gate_frame& frame);
  void take_answer(gate_frame& frame);
  bool take_feed(const gate_frame& frame);
  void submit(gate_frame_kind kind, std::string body, answered done);
  void send_questions();
  void watch_time();
  void expire();
  void send(gate_frame_kind kind, std::uint64_t id, std::string_view body);
  void write();
  void end();
  void fail(std::string_view why);

  boost::asio::local::stream_protocol::socket socket_;
  boost::asio::steady_timer timer_;
  events tell_;
  bool open_ = true;

  gate_frame_reader reader_;
  std::array<char, 64 * 1024> input_{};
  std::string waiting_; // for the write that is under way
  std::string writing_;
  std::function<void()> finished_;

  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, question> asked_; // also those that nobody waits for: they have a place
  std::deque<question> queued_;
  std::uint32_t handled_pages_ = 0; // that no credit was given for
};

} // namespace xylem
