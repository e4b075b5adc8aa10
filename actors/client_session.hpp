#pragma once

#include "actors/descriptor_poll.hpp"
#include "actors/file_descriptor.hpp"
#include "actors/settings.hpp"
#include "protocol/dialect.hpp"
#include "protocol/push_queue.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace xylem {

class client_session;

/// Why a session ended; each is counted.
enum class session_end : std::uint8_t {
  by_client,
  done,           ///< the gateway had nothing more to say
  idle,           ///< no request for `idle_timeout`
  slow_listener,  ///< its queue was full
  not_reading,    ///< replies wait, and it takes none
  socket_error,
};

std::string_view to_string(session_end why) noexcept;

/// What a session needs of the server that owns it.
class session_host {
public:
  virtual const dialect& speech() const noexcept = 0;
  virtual const mesh_settings& settings() const noexcept = 0;
  virtual boost::asio::io_context& io() noexcept = 0;
  virtual descriptor_poll& poll() noexcept = 0;

  /// The time of this turn: one look at the clock for all sessions.
  virtual mono_time now() const noexcept = 0;

  /// Room for one read, shared by all sessions.
  virtual std::span<std::byte> scratch() noexcept = 0;

  /// True when the gateway ends, and nobody is waited for.
  virtual bool stopping() const noexcept = 0;

  /// The session has not read all yet, and is read() again in the next turn.
  virtual void read_again(client_session& who) = 0;

  /// Takes a request on; its reply comes through client_session::deliver().
  virtual void submit(client_session& from, const client_request& request) = 0;

  /// A request, or the connection, ends with this failure.
  virtual void refused(failure reason) = 0;

  /// One session more listens.
  virtual void listener_added() = 0;

  virtual void ended(client_session& who, session_end why) = 0;

protected:
  ~session_host() = default;
};

/// One connection of a client (wire §4). Touched on the I/O thread only. Lives as long as the
/// server knows it, or its timer runs.
class client_session : public std::enable_shared_from_this<client_session> {
public:
  client_session(std::uint64_t id, file_descriptor socket, session_host& host);

  /// Reads what is there already, and from now on whatever comes.
  void start();

  void on_ready(const readiness& what);

  /// Goes on reading where the last turn stopped.
  void read();

  /// Ends the connection with a failure, after the replies that are under way.
  void refuse(failure reason);

  /// Replies to `requests` requests, in order.
  void deliver(bytes_view encoded, std::size_t requests);

  /// The replies that are under way will not come.
  void fail_outstanding();

  void push(const std::shared_ptr<const push_page>& page);

  /// Ends a session that has waited for too long.
  void check_timeouts(mono_time now);

  /// Reads nothing more, and closes when all that waits is written.
  void finish();
  void close(session_end why);

  std::uint64_t id() const noexcept { return id_; }
  bool is_listening() const noexcept { return listening_; }

private:
  void read_later();
  void receive(bytes_view input);
  void end_of_input();
  bytes_view parse(bytes_view input);
  bool parse_one(bytes_view& input);
  bool execute(const client_request& request);
  void listen();
  void await_silence();
  void run_open_ended();
  void resume();
  bool may_run() const noexcept;
  bool may_read() const noexcept;

  void write(bytes_view data);
  std::size_t send_now(bytes_view part);
  std::size_t send_gathered(std::span<const bytes_view> parts);
  std::size_t sent(std::ptrdiff_t result);
  void on_writable();
  void wait_writable();
  void flush_output();
  std::size_t push_at_once(const std::shared_ptr<const push_page>& page);
  void flush_pushes();
  std::size_t backlog() const noexcept { return output_.size() - written_; }
  void close_when_done();

  std::uint64_t id_;
  file_descriptor socket_;
  boost::asio::steady_timer silence_; // ends an open-ended request
  session_host& host_;
  bool listening_ = false; // and asks nothing any more

  bytes input_;                 // read, but not yet a request that may run
  std::size_t outstanding_ = 0; // requests whose replies have not come
  std::optional<failure> refusal_;
  bool exclusive_ = false;  // the request under way runs alone
  bool open_ended_ = false; // input_ is a request that ends with silence
  bool newline_may_follow_ = false;
  bool readable_ = true;        // as far as is known: nothing is told twice
  bool hung_up_ = false;        // then a short read does not mean that all is read
  bool reads_again_ = false;    // in the next turn
  bool input_ended_ = false;
  bool finishing_ = false;
  bool lingering_ = false; // all is written, the client has not closed yet
  bool closed_ = false;

  bytes output_; // the first written_ bytes of it have gone
  std::size_t written_ = 0;
  bool writing_ = false;        // waits for the socket to take more
  bool writes_watched_ = false; // has had to wait once
  push_queue pushes_;

  mono_time last_progress_;
  std::optional<mono_time> request_began_; // of an incomplete one
};

} // namespace xylem
