#pragma once

#include "actors/environment.hpp"
#include "actors/gate_channel.hpp"
#include "actors/gate_questions.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "protocol/gate_feed.hpp"
#include "protocol/gate_state.hpp"

namespace xylem {

/// The process that monitors connect to, as the gateway sees it (monitor §6): one life of it, which
/// is that of its actor. What it says is a stranger's word. Owned by its actor; I/O thread only.
class monitor_gate_core : public std::enable_shared_from_this<monitor_gate_core> {
public:
  monitor_gate_core(io_actor<monitor_gate_actor>* self, const gateway_settings& settings,
                    environment& env);

  /// Throws when the process cannot be started.
  void start();

  /// Its actor has ended.
  void shut_down();

  void connect(const gateway_wiring& wiring);
  void allow();
  void stop();
  void tick();
  boost::json::object status() const;

private:
  void configure();
  void received(std::vector<gate_frame>&& frames);
  bool handle(const gate_frame& frame);
  bool listening(const gate_frame& frame);
  bool follow(const gate_frame& frame);
  bool more(const gate_frame& frame);
  bool take_state(const gate_frame& frame);
  bool tell(const gate_frame& frame);
  void closed(gate_channel::end why);
  void ended(const std::string& how);
  void lose(std::string reason);
  void quit(caf::error reason);
  void feed();
  void take(std::uint64_t serial, std::optional<replay_page> found);

  io_actor<monitor_gate_actor>* self_;
  const gateway_settings& settings_;
  environment& env_;
  actor_log log_;
  std::unique_ptr<gate_process> process_;
  std::shared_ptr<gate_channel> channel_;
  gate_questions questions_;
  gate_feed feed_;
  gateway_wiring wiring_;
  std::string last_error_; // that the gate has told
  std::optional<std::uint16_t> port_;
  std::optional<boost::json::object> state_;
  monitor_event_sums events_;
  expiry_reminder reminder_;
  mono_time heard_{};
  std::optional<mono_time> ends_by_; // it has closed its socket, or was told to end
  std::size_t lines_ = 0;            // of this second
  std::size_t states_ = 0;
  std::uint64_t dropped_lines_ = 0;
  bool feed_failed_ = false;
  bool stopping_ = false;
  bool over_ = false;
};

monitor_gate_actor::behavior_type
monitor_gate(io_actor_of<monitor_gate_actor, monitor_gate_core>* self,
             const gateway_settings* settings, environment* env);

} // namespace xylem
