#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "protocol/console_text.hpp"
#include "protocol/dialect.hpp"
#include "protocol/event_journal.hpp"
#include "protocol/link_monitor.hpp"

namespace xylem {

/// The port of one mesh and all that is decided per byte. Touched on the I/O thread only, by the
/// actor's handlers and by the port's callbacks.
class uart_core : public std::enable_shared_from_this<uart_core> {
public:
  uart_core(io_actor<uart_actor>* self, mesh_index mesh, const mesh_settings& settings,
            std::shared_ptr<const dialect> speech, environment& env);
  ~uart_core() { shut_down(); }

  /// Its actor has ended: the port is closed, nothing is told any more.
  void shut_down();

  /// Opens the port; the actor quits if that fails.
  void open();

  void connect(const mesh_wiring& wiring);
  void transmit(transmit_batch& batch);
  void cancel(const cancel_batch& batch);
  void check_link();
  void pump();
  void stop();
  boost::json::object status() const;

private:
  void opened(open_result result);
  void receive_and_pass_on(bytes_view chunk);
  void receive(bytes_view chunk);
  void wrote(std::size_t count);
  void lose(std::string reason);

  template <class Work>
  void or_end(Work work) noexcept;

  void tell(std::optional<link_change> change, bool first);
  void capture(const instant& when, capture_kind kind, bytes_view data);
  void capture_burst(const instant& when, bytes_view burst);
  void open_handovers();
  void hand_over(bytes_view burst);
  void wake_later();
  void quit_when_flushed();

  io_actor<uart_actor>* self_;
  mesh_index mesh_;
  const mesh_settings& settings_;
  environment& env_;
  actor_log log_;
  frame_decoder decoder_;
  console_splitter console_;
  transmit_scheduler scheduler_;
  link_monitor link_;
  std::unique_ptr<byte_port> port_;
  bool over_ = false;
  network_manager_actor network_manager_;
  supervisor_actor supervisor_;
  capture_actor capture_; // null: nothing is captured
  std::optional<mono_time> wake_at_; // of the write_atom that is under way
  std::optional<instant> opened_at_;
  std::optional<wall_time> last_frame_;
  std::size_t captured_ahead_ = 0; // bytes to the root that the port has not taken yet
  bool stopping_ = false;

  // Told again when a new network manager, which cannot know, submits them again.
  std::deque<command_id> written_;
  mapped_file handovers_memory_;
  handover_writer handovers_;
};

uart_actor::behavior_type uart(io_actor_of<uart_actor, uart_core>* self, mesh_index mesh,
                               const mesh_settings* settings,
                               std::shared_ptr<const dialect> speech, environment* env);

} // namespace xylem
