#pragma once

#include "actors/messages.hpp"
#include "actors/settings.hpp"
#include "actors/web_asset.hpp"
#include "protocol/access.hpp"
#include "protocol/event_subscription.hpp"
#include "protocol/web_guard.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>

namespace xylem {

/// Why the server ended a connection that its client had not ended.
enum class cut_off : std::uint8_t {
  handshake_timeout,
  header_timeout,
  body_timeout,
  answer_timeout, ///< the client did not take it
  idle,
  header_too_large,
  body_too_large,
  bad_request,
  too_slow,       ///< its queue of events was full
  silent,         ///< a WebSocket did not answer pings
  binary_message,
  message_too_large,
  protocol_error, ///< of a WebSocket: RFC 6455 was not kept to
  token_revoked,
  failed,         ///< an exception
};

std::string_view to_string(cut_off why) noexcept;

/// A connection as its server sees it.
class web_connection {
public:
  virtual ~web_connection() = default;

  /// Deadlines are looked at.
  virtual void tick(mono_time now) = 0;
  virtual void answered(web_question&& question) = 0;

  /// Ends as soon as the answer that is under way has been written.
  virtual void finish() = 0;

  /// Ends at once.
  virtual void close() = 0;
};

struct subscriber_status {
  std::string name;
  subscriber_policy policy = subscriber_policy::drop_oldest;
  subscriber_counters counters{};
};

/// The part of a WebSocket that follows events.
class web_listener {
public:
  virtual ~web_listener() = default;

  virtual void publish(const published& news) = 0;

  /// For who only listens: a message of the old dashboard.
  virtual void tell(const std::string& message) = 0;
  virtual void hub_restarted() = 0;
  virtual bool only_listens() const noexcept = 0;
  virtual std::optional<subscriber_status> subscriber() const = 0;

  virtual const std::optional<token_hash>& token() const noexcept = 0;

  /// Its token is no more.
  virtual void revoke() = 0;
};

using capture_answer = std::variant<problem, capture_page>;

/// Who sends a request.
struct web_client {
  access_scope scope = access_scope::read;
  std::optional<token_hash> token{}; ///< nothing: there are no tokens
};

/// What connections need of their server. I/O thread only. Callbacks come later, never from
/// within the call; a connection that has ended by then must not mind.
class web_host {
public:
  template <class T>
  using then = std::function<void(T)>;

  virtual ~web_host() = default;

  virtual boost::asio::io_context& io() noexcept = 0;
  virtual instant now() const = 0;
  virtual std::string_view date(wall_time now) = 0; ///< as a header has it
  virtual std::string_view version() const noexcept = 0;
  virtual std::span<const std::string> meshes() const noexcept = 0; ///< by mesh_index
  virtual const web_guard& guard() const noexcept = 0;
  virtual const data_type_registry& types(mesh_index mesh) const = 0;
  virtual const web_asset* find_asset(std::string_view path) const noexcept = 0;
  virtual std::string_view configuration() const noexcept = 0; ///< all keys as TOML
  virtual std::vector<std::string> log_lines(std::size_t most) const = 0; ///< oldest first
  virtual log_level least_logged() const noexcept = 0;
  virtual void log_from(log_level least) = 0; ///< until a restart, or SIGHUP
  virtual std::variant<web_client, problem> admit(std::optional<std::string_view> token) = 0;

  /// Comes back through web_connection::answered().
  virtual void ask(mesh_index mesh, web_question question) = 0;
  virtual void submit(command_request what, then<command_answer> done) = 0;
  virtual void find_command(command_id id, then<command_answer> done) = 0;
  virtual void ask_status(then<std::optional<boost::json::object>> done) = 0;

  /// What readiness_of() makes of the status, at most 250 ms old.
  virtual void ask_readiness(then<std::optional<boost::json::object>> done) = 0;
  virtual void ask_incidents(incident_query asked,
                             then<std::optional<boost::json::object>> done) = 0;
  virtual void ask_replay(replay_query asked, then<std::optional<replay_page>> done) = 0;

  /// A page of captured traffic, or why there is none.
  virtual void ask_capture(mesh_index mesh, capture_query asked, then<capture_answer> done) = 0;

  /// What the node cache holds of a series.
  virtual void ask_series(mesh_index mesh, history_query asked,
                          then<std::optional<series_part>> done) = 0;

  /// There is a recorder, or should be one.
  virtual bool keeps_record() const noexcept = 0;
  virtual void ask_record(record_query asked, then<std::optional<record_answer>> done) = 0;

  /// The JSON of an event; lives until the next call.
  virtual std::string_view text_of(std::uint64_t epoch, const event& what) = 0;
  virtual std::vector<std::string> dashboard_state() const = 0;

  virtual void add_listener(std::uint64_t connection, std::shared_ptr<web_listener> who) = 0;
  virtual void listeners_changed() = 0; ///< one subscribes now, or not any more
  virtual void note_answer(unsigned status, mono_time::duration took) = 0;
  virtual void note_cut_off(cut_off why) = 0;
  virtual void note_stream_end(const subscriber_counters& counters) = 0;
  virtual void note_failure(std::string_view what) = 0; ///< an exception ends the connection
  virtual void ended(std::uint64_t connection) = 0;
};

} // namespace xylem
