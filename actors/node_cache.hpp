#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "protocol/json_query.hpp"
#include "protocol/query.hpp"

namespace xylem {

/// The nodes of one mesh and the answers about them. Owned by its actor.
class node_cache_core {
public:
  node_cache_core(node_cache_actor::pointer self, mesh_index mesh, const mesh_settings& settings,
                  std::shared_ptr<const dialect> speech, environment& env);

  void connect(const mesh_wiring& wiring);
  void store(event_batch& batch);
  void answer(request_batch&& batch);
  void answer(web_batch&& batch);
  series_part answer(const history_query& asked) const;
  saved_nodes save(const save_query& asked) const;
  nodes_page tell(const nodes_query& asked) const;
  void mirror(const nodes_page& page);
  void link_changed(const link_report& report);
  void sweep();
  boost::json::object status() const;

private:
  void ask_what_was(const recorder_actor& recorder);
  void restore(const restored_mesh& restored);
  template <class Item, class Visitor>
  void for_groups(std::vector<Item>& items, Visitor visit);
  void answer(const queued_request& request, bytes& out);
  void publish(event_batch batch);

  node_cache_actor::pointer self_;
  mesh_index mesh_;
  environment& env_;
  actor_log log_;
  std::shared_ptr<const dialect> speech_;
  node_table table_;
  query_engine queries_;
  data_type_registry types_;
  json_query_engine json_queries_;
  std::map<failure, std::uint64_t> failures_;
  event_hub_actor event_hub_;
  socket_server_actor socket_server_;
  web_server_actor web_server_;
  bool remote_;
  bool restoring_ = false; // or restored: what was is asked for once
};

node_cache_actor::behavior_type
node_cache(io_actor_of<node_cache_actor, node_cache_core>* self, mesh_index mesh,
           const mesh_settings* settings, std::shared_ptr<const dialect> speech, environment* env);

} // namespace xylem
