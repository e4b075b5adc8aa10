#pragma once

#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "protocol/gate_frames.hpp"
#include "protocol/monitor_feed.hpp"
#include "protocol/monitor_guard.hpp"

#include <functional>

namespace xylem {

/// Who is at the other end of a connection, proven by its certificate.
struct monitor_peer {
  std::uint64_t connection = 0;
  node_identity who{};
  std::string shown{};   ///< `office#2`: one name a connection
  std::string address{}; ///< `192.0.2.7:49152`
  access_scope scope = access_scope::read;
  instant since{};
};

/// What facades need of their gate. I/O thread only. Callbacks come later, never from within the
/// call.
class facade_host {
public:
  /// The encoded answer; nothing: it did not come in time.
  using answered = std::function<void(std::optional<std::string>)>;

  virtual ~facade_host() = default;

  virtual instant now() const = 0;
  virtual const std::string& name() const noexcept = 0; ///< of the gateway
  virtual std::string software() const = 0;

  /// Its facade gets a turn(), behind those who wait for theirs.
  virtual void wants_turn(std::uint64_t connection) = 0;

  /// The latest events of the gateway.
  virtual const gate_memory& memory() const = 0;

  virtual void ask(const std::string& who, question_kind kind, std::string encoded,
                   answered done) = 0;
  virtual void ask_replay(const gate_replay& what, answered done) = 0;

  /// Bytes of this connection that wait to be written.
  virtual std::size_t queued_bytes(std::uint64_t connection) const = 0;

  /// To the actor that has subscribed: a page that begins behind `from`. In a turn; nothing that
  /// was said before comes later.
  virtual void send(std::uint64_t connection, const caf::strong_actor_ptr& to, cursor from,
                    const event_page& page) = 0;

  /// What is said already is still written. Without a reason it is nothing that is counted.
  virtual void close(std::uint64_t connection, std::optional<monitor_refusal> reason,
                     std::string_view why) = 0;
};

/// What one monitor gets of the gateway: its questions are passed on, its subscription is fed
/// (monitor §3). Owned by its actor, which is published to this monitor's connection alone.
class facade_core : public std::enable_shared_from_this<facade_core> {
public:
  facade_core(monitor_peer peer, facade_host& host);

  /// By its actor, at first.
  void begin(monitor_interface::pointer self) { self_ = self; }

  /// Its actor has ended.
  void shut_down();

  // -- messages of the monitor
  caf::result<gateway_hello> hello(const monitor_hello& what);
  caf::result<subscription_answer> subscribe(const monitor_subscription& what);
  void grant(const credit_grant& what);
  caf::result<nodes_page> nodes(const nodes_query& what);
  caf::result<report> tell(const report_query& what);
  caf::result<remote_command_answer> submit(const remote_command& what);
  caf::result<remote_command_answer> find(const remote_command_query& what);
  caf::result<pong> answer(const ping& what);

  // -- what the gate tells it
  /// Sends one page, if there is anything to send.
  void turn();

  /// Something was written to its connection: there is room.
  void written() {
    if (held_up_)
      wants_turn();
  }

  /// Its connection has ended: the gate is not asked for anything any more.
  void let_go();
  void tick(instant now);

  const monitor_peer& peer() const noexcept { return peer_; }
  boost::json::object status() const;

private:
  struct waiting_subscription {
    monitor_subscription what;
    caf::typed_response_promise<subscription_answer> promise;
    mono_time since;
  };

  bool may_say();
  bool has_room();
  template <class Answer, class Question>
  caf::result<Answer> pass_on(question_kind kind, const Question& asked, Answer failure);

  // An answer is on its way to the monitor.
  void note(gateway_hello& answer);
  void note(const pong& answer);
  template <class Other>
  void note(const Other&) {}

  monitor_feed_counters counters() const;
  void begin_feed();
  void end_waiting(std::string_view why);
  void end_feed();
  void wants_turn() { host_.wants_turn(peer_.connection); }
  void ask_replay();
  void close(std::optional<monitor_refusal> reason, std::string_view why);

  monitor_interface::pointer self_ = nullptr; // null: it has ended, or not begun
  monitor_peer peer_;
  facade_host& host_;
  bool closing_ = false;
  bool greeted_ = false;
  std::string monitor_{}; // as it calls itself
  pong last_known_{};
  std::size_t under_way_ = 0; // questions

  std::optional<waiting_subscription> waits_; // for the gate to know where the gateway is
  caf::strong_actor_ptr subscriber_; // gets the pages
  std::optional<monitor_feed> feed_;
  monitor_feed_counters ended_{};   // of subscriptions that were replaced
  std::uint64_t subscriptions_ = 0; // a replay belongs to one of them
  bool held_up_ = false;            // too much waits to be written
};

monitor_interface::behavior_type facade(io_actor_of<monitor_interface, facade_core>* self,
                                        const std::shared_ptr<facade_core>& core);

} // namespace xylem
