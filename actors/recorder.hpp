#pragma once

#include "actors/environment.hpp"
#include "actors/history_database.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "actors/snapshot_files.hpp"
#include "actors/state_folder.hpp"
#include "protocol/data_type.hpp"
#include "protocol/record_progress.hpp"
#include "protocol/write_budget.hpp"

#include <set>

namespace xylem {

/// What outlives the process (record §2, §3). Owned by its actor, which has a thread of its own:
/// everything here may wait for the disk. The hub's ring is its queue, so nobody waits for it.
class recorder_core {
public:
  recorder_core(recorder_actor::pointer self, const gateway_settings& settings, environment& env,
                supervisor_actor parent);

  /// Takes the folder, and reads what was before. Throws std::runtime_error: the folder is not to
  /// be had.
  void start();

  void connect(const gateway_wiring& wiring);
  void take_news();
  void tick();
  void stop();

  caf::result<restored_mesh> restore(restore_query asked);
  caf::result<record_answer> answer(record_query& asked);
  caf::result<series_part> answer(const series_query& asked);
  caf::result<replay_page> replay(const replay_query& asked);
  boost::json::object status();

private:
  struct snapshot_walk;

  /// Readings wait in the log at most so long before they are put to their series.
  static constexpr std::chrono::minutes pack_period{10};

  /// What could not be written is tried again.
  static constexpr std::chrono::seconds retry_period{1};

  void read_left_commands();
  void schedule();
  void pull();
  void took(replay_page page);
  void try_again_later();
  void end();

  /// Calls back once what the hub has now is in the database, or cannot be.
  void when_up_to_date(std::function<void()> then);
  void answer_up_to(cursor written, cursor newest);
  void answer_all();

  // -- the database: recorder_database.cpp
  void open_database();
  void set_database_aside(std::string_view why);
  void recover_journal(std::uint64_t up_to);
  void recover(const journal_content& left);
  bool write(const replay_page& page);
  void failed(const database_error& error);
  void degrade(std::string reason);
  void recovered();
  void write_log_back();
  void note_written();
  void keep_house(wall_time now);

  // -- questions: recorder_questions.cpp
  template <class Reader>
  auto from_database(Reader read);
  database_usage usage();

  // -- snapshots: recorder_snapshot.cpp
  void begin_snapshot();
  bool is_snapshot_worth_it() const;
  void ask_for_nodes(const std::shared_ptr<snapshot_walk>& walk);
  void ask_for_commands(const std::shared_ptr<snapshot_walk>& walk);
  void end_snapshot(const std::shared_ptr<snapshot_walk>& walk);
  void give_up_snapshot(std::string_view why);
  void load_snapshot();
  saved_mesh& snapshot_of(mesh_index mesh);
  struct unknown_numbers {
    std::uint64_t readings = 0, commands = 0;
  };
  unknown_numbers each_since(const std::function<void(const event&)>& visit);
  restored_mesh restored_nodes(mesh_index mesh);
  restored_mesh restored_commands(mesh_index mesh);

  recorder_actor::pointer self_;
  const gateway_settings& settings_;
  environment& env_;
  actor_log log_;
  supervisor_actor parent_;
  std::vector<data_type_registry> types_; // by mesh_index

  std::optional<state_folder> folder_;
  std::optional<history_database> database_;
  std::uint64_t counted_written_ = 0; // of the database's own count
  record_progress progress_;
  write_budget budget_;
  std::uint64_t recovered_events_ = 0;
  std::uint64_t set_aside_ = 0;
  bool is_suspect_ = false; // once more, and it is set aside
  std::string degraded_; // why; empty: recording
  std::optional<mono_time> log_back_at_; // it could not be written back; tried again then

  gateway_wiring wiring_;
  bool wired_ = false;
  bool news_ = false; // the hub has something
  bool pulling_ = false;
  bool stopping_ = false;
  std::uint64_t pulls_ = 0;
  struct waiting_question {
    std::function<void()> then{};
    std::uint64_t pull = 0;        // the first one that was begun after it
    std::optional<cursor> up_to{}; // that must be in the database; nothing: not known yet
  };
  std::vector<waiting_question> waiting_;
  mono_time pull_at_{};
  mono_time clean_at_{};
  mono_time snapshot_at_{};
  std::optional<mono_time> tick_at_; // of the tick_atom that is under way

  std::optional<snapshot_files> snapshots_;
  std::optional<saved_state> loaded_; // until the first one of this life
  std::set<mesh_index> without_nodes_; // meshes of it whose nodes were handed out
  struct left_by_crash {
    std::vector<event> commands;
    std::vector<command_id> handed_over;
  };
  std::map<mesh_index, left_by_crash> left_; // by a former process; until told
  std::shared_ptr<snapshot_walk> walk_;
  cursor saved_at_{}; // of the last one
  std::optional<wall_time> saved_time_;
  mono_time saved_mono_{};
  std::uint64_t saved_bytes_ = 0;
  std::uint64_t recorded_when_saved_ = 0;
  std::uint64_t snapshots_taken_ = 0;
  std::string snapshot_failure_;
};

/// An ordinary actor, not one of the I/O thread.
using recorder_base = caf::stateful_actor<state_of<recorder_core>, recorder_actor::base>;

recorder_actor::behavior_type recorder(recorder_base* self, const gateway_settings* settings,
                                       environment* env, supervisor_actor parent);

} // namespace xylem
