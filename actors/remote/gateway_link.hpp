#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "actors/remote/gateway_dialer.hpp"
#include "actors/remote/monitor_observer.hpp"
#include "protocol/restart_policy.hpp"

#include <random>

namespace xylem {

/// One gateway that is followed: connects, introduces itself, goes on from its cursor, and hands
/// what it is told to the node caches and the event hub (monitor §3, §5, §7). Owned by its actor.
class gateway_link_core : public std::enable_shared_from_this<gateway_link_core> {
public:
  gateway_link_core(gateway_link_actor::pointer self, std::size_t position,
                    const gateway_settings& settings, environment& env,
                    supervisor_actor supervisor);

  void connect(const gateway_wiring& wiring);
  void deliver(event_page& page);
  caf::result<command_answer> submit(const command_request& asked);
  caf::result<command_answer> find(command_id id);
  void stop();
  void tick();
  void shut_down();
  boost::json::object status() const;

private:
  enum class phase : std::uint8_t { waiting, dialing, greeting, following };

  struct counts {
    std::uint64_t connections = 0; ///< that were authenticated
    std::uint64_t failures = 0;    ///< attempts that came to nothing, connections that ended
    std::uint64_t events = 0;
    std::uint64_t missed = 0; ///< that gaps have told
    std::uint64_t gaps = 0;
  };

  void dial();
  void dialed(std::variant<dialed_gateway, std::string> outcome);
  void greet();
  void welcome(gateway_hello& hello);
  void introduce();
  void subscribe();
  void subscribed(const subscription_answer& answer);
  bool observed(const event_page& page);
  void start_snapshot();
  void fetch_nodes();
  void take_nodes(nodes_page& page);
  void hand_on(event_page& page);
  void note_links(const std::vector<event>& events);
  void grant(std::size_t events);
  void send_ping();
  void ponged(const pong& answer);
  void lose(const std::string& reason);
  void refuse(const std::string& reason);
  void end_connection();
  void report_links();
  void set_state(following_state state, std::string reason);

  template <class Answer, class Question, class Then>
  void ask(Question question, Then then);
  command_answer here(remote_command_answer&& answer) const;
  template <class Question>
  caf::result<command_answer> forward(Question question);

  gateway_link_actor::pointer self_;
  std::size_t position_;
  followed_gateway gateway_;
  environment& env_;
  actor_log log_;
  supervisor_actor supervisor_;
  std::string own_name_;

  gateway_wiring wiring_;
  std::vector<mesh_index> meshes_; // of the gateway, here
  following_status told_;          // to the observer, and in the status
  phase phase_ = phase::waiting;
  std::unique_ptr<dialed_connection> connection_;
  monitor_interface facade_;
  std::uint64_t life_ = 0; // of the connection: what answers an earlier one is ignored
  std::uint32_t generation_ = 0;
  std::uint32_t serial_ = 0;
  std::optional<cursor> reached_;
  cursor newest_{};
  std::size_t handled_ = 0; // events since the last grant
  std::size_t snapshot_mesh_ = 0;
  std::optional<node_address> snapshot_after_;
  bool snapshot_due_ = false;
  bool is_first_ = true;
  mono_time attempt_at_{};
  mono_time ping_at_{};
  backoff wait_;
  std::minstd_rand random_;
  counts counts_;
  bool stopping_ = false;
};

gateway_link_actor::behavior_type
gateway_link(io_actor_of<gateway_link_actor, gateway_link_core>* self, std::size_t position,
             const gateway_settings* settings, environment* env,
             const supervisor_actor& supervisor);

} // namespace xylem
