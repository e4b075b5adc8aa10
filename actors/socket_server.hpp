#pragma once

#include "actors/client_session.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"

#include <map>
#include <set>
#include <unordered_map>

namespace xylem {

/// The client socket of one mesh: acceptor, sessions, and the batches that go to and fro. Touched
/// on the I/O thread only, by the actor's handlers and those of the sockets.
class socket_server_core final : public session_host,
                                 public std::enable_shared_from_this<socket_server_core> {
public:
  socket_server_core(socket_server_actor::pointer self, mesh_index mesh,
                     const mesh_settings& settings, std::shared_ptr<const dialect> speech,
                     environment& env);
  ~socket_server_core();

  /// Throws when the address cannot be listened on.
  void listen();

  void connect(const mesh_wiring& wiring);
  void deliver(const reply_batch& batch);
  void deliver(const published& news);
  void stop();
  void tick();
  boost::json::object status() const;

  // -- session_host
  const dialect& speech() const noexcept override { return *speech_; }
  const mesh_settings& settings() const noexcept override { return settings_; }
  mono_time now() const override { return env_.clock.now().mono; }
  std::span<std::byte> scratch() noexcept override { return scratch_; }
  bool stopping() const noexcept override { return stopping_; }
  void submit(client_session& from, const client_request& request) override;
  void refused(failure reason) override;
  void role_changed(client_session& who) override;
  std::string line_of(const event& what) override;
  void ended(client_session& who, session_end why) override;

private:
  using session_ptr = std::shared_ptr<client_session>;

  void accept();
  void admit(boost::asio::ip::tcp::socket socket);
  void ask_status(std::uint64_t session);
  void deliver_json(std::uint64_t session, std::string_view json);
  void send_batch();
  void give_up();
  subscriber_filter wanted() const;
  void subscribe();
  void resubscribe();
  void push(const std::vector<event>& events);
  void quit_when_empty();
  std::chrono::milliseconds tick_period() const noexcept;

  /// Sessions end while they are gone through, so loops go over a copy.
  std::vector<session_ptr> all_sessions() const;

  socket_server_actor::pointer self_;
  mesh_index mesh_;
  const mesh_settings& settings_;
  std::shared_ptr<const dialect> speech_;
  environment& env_;
  actor_log log_;
  data_type_registry types_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer accept_pause_;
  std::string address_; // as listened on
  bytes scratch_;

  std::uint64_t last_session_ = 0;
  std::unordered_map<std::uint64_t, session_ptr> sessions_;
  std::set<std::uint64_t> turned_away_open_; // sessions above the limit, that are told so
  request_batch batch_; // of this poll cycle
  bool batch_scheduled_ = false;

  network_manager_actor network_manager_;
  node_cache_actor node_cache_;
  event_hub_actor event_hub_;
  supervisor_actor supervisor_;
  subscriber_filter filter_{.kinds = {}};
  cursor seen_; // the last event of the hub
  bool stopping_ = false;

  std::size_t listeners_ = 0;
  std::size_t watchers_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t turned_away_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t pushes_ = 0;
  std::map<failure, std::uint64_t> failures_;
  std::map<session_end, std::uint64_t> ends_;
};

socket_server_actor::behavior_type
socket_server(io_actor_of<socket_server_actor, socket_server_core>* self, mesh_index mesh,
              const mesh_settings* settings, std::shared_ptr<const dialect> speech,
              environment* env);

} // namespace xylem
