#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "protocol/command_ledger.hpp"
#include "protocol/dialect.hpp"
#include "protocol/event_journal.hpp"

namespace xylem {

/// Routes between the root of one mesh and everything else. Owned by its actor.
class network_manager_core {
public:
  network_manager_core(network_manager_actor::pointer self, mesh_index mesh,
                       const mesh_settings& settings, std::shared_ptr<const dialect> speech,
                       environment& env, ledger_settings ledger);

  void connect(const mesh_wiring& wiring);
  void take(root_batch& batch);
  void take(const link_report& report);
  void take(const written_report& report);
  void take(request_batch&& batch);
  command_answer take(command_request& request);
  command_answer find(command_id id) const;
  saved_commands save() const;
  void expire();
  boost::json::object status() const;

private:
  void open_journal();
  void ask_what_was(const recorder_actor& recorder);
  void restore(const restored_mesh& before);

  void translate(bytes_view payload, std::size_t wire_size, event_batch& out);
  void translate_message(event_batch& out);
  void translate_readings(event_batch& out);
  void translate_nodes(event_batch& out);
  void reject(std::size_t wire_size, event_batch& out);

  void decide(queued_request& request, bytes_view payload);
  std::variant<command_id, failure> accept(command what);
  void submit(const std::vector<command_record>& records);
  void ask_for_nodes();
  void tell(const command_record& record);
  void tell_link(const link_report& report);
  void publish(event_batch batch);
  void watch_deadlines();
  frame_counters sums() const;

  network_manager_actor::pointer self_;
  mesh_index mesh_;
  const mesh_settings& settings_;
  std::shared_ptr<const dialect> speech_;
  environment& env_;
  actor_log log_;
  data_type_registry types_;
  command_ledger ledger_;
  uart_actor uart_;
  node_cache_actor node_cache_;
  root_message message_; // reused from frame to frame
  link_report link_{link_state::down, "not opened yet"};
  bool link_open_ = false;
  bool restoring_ = false; // or restored: what was is asked for once
  mapped_file journal_memory_;
  journal_writer journal_; // of what became of commands, before anybody is told
  std::uint64_t journalled_ = 0;
  std::optional<mono_time> watched_deadline_;
  frame_counters earlier_sums_; // of the uarts before this one
  frame_counters sums_;
  std::map<node_address, std::optional<mono_time>> malformed_logged_;
  std::uint64_t malformed_frames_ = 0;
  std::uint64_t malformed_bytes_ = 0;
  std::uint64_t bytes_written_ = 0;
};

network_manager_actor::behavior_type
network_manager(io_actor_of<network_manager_actor, network_manager_core>* self, mesh_index mesh,
                const mesh_settings* settings, std::shared_ptr<const dialect> speech,
                environment* env, ledger_settings ledger);

} // namespace xylem
