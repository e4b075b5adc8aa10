#pragma once

#include "actors/client_acceptor.hpp"
#include "actors/client_session.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "protocol/histogram.hpp"
#include "protocol/slot_table.hpp"

#include <map>
#include <set>

namespace xylem {

/// The client socket of one mesh: acceptor, sessions, and the batches that go to and fro. Touched
/// on the I/O thread only, by the actor's handlers and in turns: what all ready sockets ask goes
/// out as one message, and what comes back is written, before the next look at the sockets.
class socket_server_core final : public session_host,
                                 public std::enable_shared_from_this<socket_server_core> {
public:
  socket_server_core(io_actor<socket_server_actor>* self, mesh_index mesh,
                     const mesh_settings& settings, std::shared_ptr<const dialect> speech,
                     environment& env);

  /// Throws when the address cannot be listened on.
  void listen();

  /// Its actor has ended.
  void shut_down();

  void connect(const mesh_wiring& wiring);
  void deliver(request_batch&& batch);
  void deliver(const published& news);
  void stop();
  void tick();
  boost::json::object status() const;

  // -- session_host
  const dialect& speech() const noexcept override { return *speech_; }
  const mesh_settings& settings() const noexcept override { return settings_; }
  boost::asio::io_context& io() noexcept override { return env_.io; }
  descriptor_poll& poll() noexcept override { return poll_; }
  mono_time now() const noexcept override { return now_; }
  std::span<std::byte> scratch() noexcept override { return scratch_; }
  bool stopping() const noexcept override { return stopping_; }
  void read_again(client_session& who) override;
  void submit(client_session& from, const client_request& request) override;
  void refused(failure reason) override;
  void listener_added() override;
  void ended(client_session& who, session_end why) override;

private:
  using session_ptr = std::shared_ptr<client_session>;

  /// A history that is asked for apart from the batches, as the record may be needed.
  struct past_request {
    std::uint64_t session;
    std::uint64_t round; ///< of batches, when it was asked for
    mono_time began;
    history_query asked;
  };

  struct answered_batch {
    mono_time began;
    std::size_t requests;
  };

  void admit_or_close(file_descriptor socket);
  void admit(file_descriptor socket);
  void wait_for_clients();
  void schedule_turn();
  void turn() noexcept;
  bool serve_or_give_up();
  bool serve_until_idle();
  std::size_t serve_ready();

  /// What is thrown in a session ends that session.
  template <class Service>
  void serve(std::uint64_t session, Service service) {
    auto found = sessions_.find(session);
    if (!found)
      return;
    try {
      service(**found);
    } catch (const std::exception& error) {
      cut_off(session, error);
    }
  }

  template <class Service>
  void each(Service service) {
    sessions_.for_each([&](client_session& session) { serve(session.id(), service); });
  }

  void cut_off(std::uint64_t session, const std::exception& error);
  void look_at_clock() { now_ = env_.clock.now().mono; }
  void settle_latencies();
  void enqueue(std::uint64_t session, const client_request& request);
  void send_batch();
  void ask_past(std::uint64_t session, const client_request& request);
  void ask_record(const past_request& request, series_part&& held);
  void answer_past(const past_request& request, std::span<const reading> readings);
  void answer_of_memory(const past_request& request);
  void keep_buffers(request_batch&& batch);
  void give_up();
  void subscribe();
  void resubscribe();
  subscriber_filter filter() const;
  std::shared_ptr<const push_page> encode(const std::vector<event>& events) const;
  void quit_when_empty();
  std::chrono::milliseconds tick_period() const noexcept;

  io_actor<socket_server_actor>* self_;
  mesh_index mesh_;
  const mesh_settings& settings_;
  std::shared_ptr<const dialect> speech_;
  environment& env_;
  actor_log log_;
  std::shared_ptr<client_acceptor> acceptor_;
  descriptor_poll poll_;
  bytes scratch_;
  mono_time now_;

  slot_table<session_ptr> sessions_;
  std::vector<session_ptr> ended_;           // in this turn: their methods may still run
  std::set<std::uint64_t> turned_away_open_; // sessions above the limit, that are told so
  std::vector<std::uint64_t> read_again_;
  bool in_turn_ = false;
  bool waiting_ = false;        // for a socket that is ready
  bool turn_scheduled_ = false;

  request_batch batch_; // of this turn
  request_batch spare_; // its buffers are used next
  std::size_t commands_under_way_ = 0; // batches that go by the network manager
  std::size_t records_under_way_ = 0;  // questions to the recorder
  std::vector<answered_batch> answered_; // since the clock was looked at

  network_manager_actor network_manager_;
  node_cache_actor node_cache_;
  event_hub_actor event_hub_;
  recorder_actor recorder_; // null: there is none, or not now
  bool subscribed_ = false;
  cursor seen_; // the last event of the hub
  bool stopping_ = false;
  bool is_down_ = false;

  std::size_t listeners_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t turned_away_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t pushes_ = 0;
  histogram push_latency_;
  histogram request_latency_;
  std::map<failure, std::uint64_t> failures_;
  std::map<session_end, std::uint64_t> ends_;
};

socket_server_actor::behavior_type
socket_server(io_actor_of<socket_server_actor, socket_server_core>* self, mesh_index mesh,
              const mesh_settings* settings, std::shared_ptr<const dialect> speech,
              environment* env);

} // namespace xylem
