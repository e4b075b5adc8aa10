#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "actors/port_watch.hpp"
#include "protocol/histogram.hpp"
#include "protocol/monitor_names.hpp"
#include "protocol/restart_policy.hpp"

#include <deque>
#include <map>
#include <random>

namespace xylem {

class status_collector;

/// The tree of actors: who runs, who waits for what, and what went wrong. Owned by its actor.
class supervisor_core {
public:
  /// `settings` grow by the meshes of gateways that are followed.
  supervisor_core(supervisor_actor::pointer self, gateway_settings& settings, environment& env);
  ~supervisor_core();

  void start();
  void start_others();
  void down(const caf::down_msg& message);
  void retry(mesh_index mesh, actor_role role, std::uint64_t timer);
  void port_opened(mesh_index mesh);
  void gate_listens();
  void recorder_ready(std::uint64_t last_epoch);
  found_answer meshes_found(const found_meshes& found);
  void allow(const allow_list& names);
  void submit(named_command& asked);
  void stop();
  void tick();

  /// Ends an actor whose time to end by itself is over.
  void force(mesh_index mesh, actor_role role);
  caf::result<actor_status> status();
  boost::json::object incidents(incident_query asked) const;

private:
  enum class child_state : std::uint8_t { running, waiting, parked, ended };

  struct child {
    actor_role role;
    mesh_index mesh;
    caf::actor_addr address{};
    child_state state = child_state::waiting;
    std::string waits_for{};
    std::uint64_t restarts = 0;
    std::uint64_t open_incident = 0; // 0: none
    std::uint64_t timer = 0;         // the latest retry_later()
    bool has_run = false;            // a port was open, a socket listened
    bool asked_again = false;        // by the watch, while it ran
    backoff wait{};
    restart_budget budget{};
  };

  /// One mesh: its actors' addresses and what they are made from. Of one that is followed only the
  /// node cache is here.
  struct subtree {
    const mesh_settings& settings;
    std::shared_ptr<const dialect> speech;
    mesh_wiring actors{};
    std::shared_ptr<port_watch> watch{};
    std::optional<std::size_t> gateway{}; ///< has it, and this node follows it
  };

  /// A gateway that is followed. Its meshes are those that it has told, in its order.
  struct followed {
    gateway_link_actor link{};
    std::vector<mesh_index> meshes{};
    std::vector<instance_id> serves{};
    bool has_told = false;
  };

  void spawn(child& who);
  void wire(mesh_index index);
  void wire_all();
  void wire_gateway();
  void add_mesh(const mesh_settings& settings);
  void spawn_of_gateway(child& who);
  void spawn_web_server();
  void serve_found_meshes();
  void spawn_of_mesh(child& who);
  void wire_around(const child& who);
  void forget(const child& who);
  void restart(child& who, const caf::error& reason);
  void wait_for_gate(child& gate, const caf::error& reason);
  void wait_for_port(child& uart, const caf::error& reason);
  void retry_later(child& who, mono_time::duration wait);
  void begin_incident(child& who, const std::string& cause);
  void end_incident(child& who);
  void tell_incident(const child& who, std::string_view text);
  void fail_start(const caf::error& reason);

  void stop_next();
  bool all_ended(actor_role role) const;
  void end(actor_role role);

  template <class Handle>
  void ask(const Handle& whom, const std::string& name,
           const std::shared_ptr<status_collector>& collector);
  boost::json::object incidents_json() const;
  boost::json::object restarts_json() const;

  std::string name_of(const child& who) const;
  child* find(const caf::actor_addr& address);
  child& at(mesh_index mesh, actor_role role);

  supervisor_actor::pointer self_;
  gateway_settings& settings_;
  environment& env_;
  actor_log log_;
  std::deque<subtree> meshes_;
  std::deque<child> children_; // the event hub first
  std::vector<followed> gateways_;
  gateway_names names_; // of these
  event_hub_actor hub_;
  web_server_actor web_server_;
  recorder_actor recorder_;
  monitor_gate_actor monitor_gate_;
  std::uint64_t last_epoch_ = 0;
  incident_log incidents_;
  std::map<actor_role, histogram> restart_times_;
  instant started_;
  std::minstd_rand random_;
  bool begun_ = false; // everybody was started
  bool waits_for_meshes_ = false; // the web server does, at start
  bool stopping_ = false;
  caf::error ended_by_ = caf::exit_reason::user_shutdown;
  std::size_t stop_phase_ = 0;
};

supervisor_actor::behavior_type supervisor(io_actor_of<supervisor_actor, supervisor_core>* self,
                                           gateway_settings* settings, environment* env);

} // namespace xylem
