#pragma once

#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "protocol/gate_frames.hpp"

#include <deque>

namespace xylem {

/// What a gate asks, asked of the actors that know it (monitor §6). Every question gets one answer,
/// within 5 s. Owned by the monitor gate; on the I/O thread.
class gate_questions {
public:
  static constexpr std::size_t most = 32; ///< under way

  /// Encoded, and of no more bytes than a frame has.
  using answer_callback = std::function<void(std::uint64_t id, std::string answer)>;

  gate_questions(monitor_gate_actor::pointer self, const gateway_settings& settings,
                 environment& env, answer_callback answer);

  void connect(const gateway_wiring& wiring);

  /// False: it may not be asked, or is not what it says that it is.
  bool ask(std::uint64_t id, std::string_view encoded);
  bool ask_replay(std::uint64_t id, std::string_view encoded);

  /// What has waited too long is answered with what there is.
  void tick();

  using replay_callback = std::function<void(std::optional<replay_page>)>;

  /// The events behind a cursor; of the record what the hub has not any more. Nothing: nobody
  /// answers.
  void read(replay_query asked, replay_callback done);

  /// As soon as there are some.
  void read_news(replay_query asked, replay_callback done);

private:
  struct pending_hello;

  struct held_replay {
    std::uint64_t id;
    gate_replay asked;
    mono_time until;
  };

  using status_callback = std::function<void(const boost::json::object*)>;

  void ask(std::uint64_t id, const std::string& who, const monitor_hello& hello);
  void ask(std::uint64_t id, const std::string& who, const nodes_query& query);
  void ask(std::uint64_t id, const std::string& who, const report_query& query);
  void ask(std::uint64_t id, const std::string& who, const remote_command& what);
  void ask(std::uint64_t id, const std::string& who, const remote_command_query& what);
  void ask(std::uint64_t id, const std::string& who, const ping& what);
  template <class Message>
  bool decode_and_ask(std::uint64_t id, const gate_question& question);

  template <class... Question>
  void ask_hub(replay_callback done, Question... question);
  replay_callback with_record(replay_query asked, replay_callback done);
  void start(held_replay what);
  void finish_hello(pending_hello& what);
  void ask_status(status_callback done);
  std::vector<remote_mesh> meshes(const boost::json::object* status) const;

  template <class Message>
  void answer(std::uint64_t id, const Message& what);

  template <class Answer, class Handle, class... Content>
  void request(const Handle& whom, std::function<void(std::optional<Answer>)> done,
               Content... content);

  monitor_gate_actor::pointer self_;
  const gateway_settings& settings_;
  environment& env_;
  answer_callback answer_;
  gateway_wiring wiring_;
  std::uint32_t generation_ = 0; // of what hello tells of meshes and instances
  std::vector<std::string> mesh_names_;
  std::size_t under_way_ = 0;
  std::deque<held_replay> held_; // until there is a hub
  std::vector<status_callback> status_waiters_;
  std::optional<boost::json::object> status_;
  mono_time status_at_{};
};

} // namespace xylem
