#pragma once

#include "actors/remote/basp_node.hpp"
#include "actors/remote/certificate_watch.hpp"
#include "actors/remote/facade.hpp"
#include "actors/remote/gate_client.hpp"
#include "actors/remote/gate_configuration.hpp"
#include "actors/remote/gate_listener.hpp"
#include "protocol/page_encoder.hpp"
#include "protocol/turn_order.hpp"

namespace xylem {

/// All of a gate but its process: follows the gateway at the other end of a socket pair, and lets
/// monitors in, each to a facade of its own (monitor §6). I/O thread only.
class gate_core final : public facade_host, public std::enable_shared_from_this<gate_core> {
public:
  /// How it ends. `refused`: the address cannot be listened on, or the certificate not be used.
  enum class outcome : std::uint8_t { told, gateway_gone, refused };

  using on_end = std::function<void(outcome)>;

  gate_core(caf::actor_system& system, basp_node& node, const clock_source& clock,
            file_descriptor gateway, gate_limits limits, on_end ended);

  /// To be called once.
  void start();

  /// Says goodbye to everybody, then ends; 1 s at most.
  void stop();

  /// At once; nobody is called back any more.
  void shut_down();

  /// 0: it does not listen.
  std::uint16_t port() const { return listener_ ? listener_->port() : 0; }

  boost::json::object state() const;

  // -- facade_host
  instant now() const override { return clock_.now(); }
  const std::string& name() const noexcept override { return configuration_.name; }
  std::string software() const override;
  void wants_turn(std::uint64_t connection) override;
  const gate_memory& memory() const override { return memory_; }
  void ask(const std::string& who, question_kind kind, std::string encoded,
           answered done) override;
  void ask_replay(const gate_replay& what, answered done) override;
  std::size_t queued_bytes(std::uint64_t connection) const override;
  void send(std::uint64_t connection, const caf::strong_actor_ptr& to, cursor from,
            const event_page& page) override;
  void close(std::uint64_t connection, std::optional<monitor_refusal> reason,
             std::string_view why) override;

private:
  struct follower {
    monitor_interface actor{};
    std::shared_ptr<facade_core> facade{};
    remote_connection_ptr connection{};
    std::string_view ends_by{}; ///< what is counted for it
  };

  void configure(std::string_view text);
  void open(const gate_configuration& wanted);
  void fed(event_page page);
  void serve();
  void give_turn(std::uint64_t connection);
  void admit(admitted_monitor who);
  static std::unique_ptr<remote_stream> watch(std::unique_ptr<remote_stream> stream,
                                              const std::weak_ptr<facade_core>& core);
  void closed(std::uint64_t id, const remote_end& why);
  void tick();
  void wait_for_tick();
  void check_access(instant at);
  static void end(follower& who, std::string_view reason, std::string_view why);
  void fail(std::string_view why);
  void refresh_certificates();
  void finish(outcome how);
  void tell_end(outcome how);
  std::vector<std::shared_ptr<facade_core>> all_facades() const;
  void log(log_level level, std::string_view text) { client_->tell(level, text); }

  caf::actor_system& system_;
  basp_node& node_;
  const clock_source& clock_;
  gate_limits limits_;
  on_end ended_; // null: it has ended
  file_descriptor gateway_; // until start()
  std::shared_ptr<gate_client> client_;
  boost::asio::steady_timer timer_;
  gate_configuration configuration_;
  mutual_tls_ptr tls_;
  std::optional<certificate_watch> files_;
  std::shared_ptr<gate_listener> listener_;
  gate_memory memory_;
  page_encoder pages_;
  bool follows_ = false;
  bool stopping_ = false;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, follower> followers_;
  turn_order turns_;
  bool serves_ = false; // a handler that gives turns is posted
};

} // namespace xylem
