#pragma once

#include "actors/client_acceptor.hpp"
#include "actors/environment.hpp"
#include "actors/interfaces.hpp"
#include "actors/io_actor.hpp"
#include "actors/token_keeper.hpp"
#include "actors/web_host.hpp"
#include "protocol/dashboard.hpp"
#include "protocol/event_lines.hpp"
#include "protocol/histogram.hpp"
#include "protocol/slot_table.hpp"

#include <boost/asio/ssl/context.hpp>

#include <deque>
#include <map>

namespace xylem {

/// The HTTP port of the gateway: acceptor, connections, and what they ask the other actors
/// (web §1 to §3). Connections are coroutines on the I/O thread; they keep this alive until they
/// have ended, but once its actor has ended nobody else is asked any more.
class web_server_core final : public web_host,
                              public std::enable_shared_from_this<web_server_core> {
public:
  web_server_core(io_actor<web_server_actor>* self, const gateway_settings& settings,
                  web_assets assets, environment& env);

  /// Throws when the address cannot be listened on, or the certificate not be used.
  void listen();

  /// Its actor has ended.
  void shut_down();

  void connect(const gateway_wiring& wiring);
  void deliver(web_batch&& batch);
  void deliver(const published& news);
  void stop();
  void tick();
  boost::json::object status() const;

  // -- web_host
  boost::asio::io_context& io() noexcept override { return env_.io; }
  instant now() const override { return env_.clock.now(); }
  std::string_view date(wall_time now) override;
  std::string_view version() const noexcept override;
  std::span<const std::string> meshes() const noexcept override { return mesh_names_; }
  const web_guard& guard() const noexcept override { return guard_; }
  const data_type_registry& types(mesh_index mesh) const override { return types_[mesh.value]; }
  const web_asset* find_asset(std::string_view path) const noexcept override;
  std::string_view configuration() const noexcept override { return env_.configuration; }
  std::vector<std::string> log_lines(std::size_t most) const override {
    return env_.log.recent(most);
  }
  log_level least_logged() const noexcept override { return env_.log.least(); }
  void log_from(log_level least) override;
  std::variant<web_client, problem> admit(std::optional<std::string_view> token) override {
    return tokens_.admit(token);
  }
  void ask(mesh_index mesh, web_question question) override;
  void submit(command_request what, then<command_answer> done) override;
  void find_command(command_id id, then<command_answer> done) override;
  void ask_status(then<std::optional<boost::json::object>> done) override;
  void ask_readiness(then<std::optional<boost::json::object>> done) override;
  void ask_incidents(incident_query asked,
                     then<std::optional<boost::json::object>> done) override;
  void ask_replay(replay_query asked, then<std::optional<replay_page>> done) override;
  void ask_capture(mesh_index mesh, capture_query asked, then<capture_answer> done) override;
  void ask_series(mesh_index mesh, history_query asked,
                  then<std::optional<series_part>> done) override;
  bool keeps_record() const noexcept override {
    return settings_.recorder.enabled && !settings_.state_dir.empty();
  }
  void ask_record(record_query asked, then<std::optional<record_answer>> done) override;
  std::string_view text_of(std::uint64_t epoch, const event& what) override;
  std::vector<std::string> dashboard_state() const override { return dashboard_.current(); }
  void add_listener(std::uint64_t connection, std::shared_ptr<web_listener> who) override;
  void listeners_changed() override;
  void note_answer(unsigned status, mono_time::duration took) override;
  void note_cut_off(cut_off why) override { ++cut_offs_[why]; }
  void note_stream_end(const subscriber_counters& counters) override {
    ended_streams_ += without_queued(counters);
  }
  void note_failure(std::string_view what) override;
  void ended(std::uint64_t connection) override;

private:
  using connection_ptr = std::shared_ptr<web_connection>;

  struct waiting_replay {
    replay_query asked;
    then<std::optional<replay_page>> done;
  };

  struct waiting_record {
    record_query asked;
    then<std::optional<record_answer>> done;
    mono_time since;
  };

  struct listening {
    std::uint64_t connection;
    std::shared_ptr<web_listener> who;
  };

  void admit(file_descriptor socket);
  template <class Stream>
  void start(Stream stream, std::string name);
  void turn_away(file_descriptor socket);
  void load_certificate();
  void refresh_tokens();
  void schedule_questions();
  void send_questions();
  void start_replays();
  void ask_record_too(const replay_query& asked, replay_page of_ring,
                      const then<std::optional<replay_page>>& done);
  void end_replay(std::optional<replay_page> page, const then<std::optional<replay_page>>& done);
  void start_records();
  void start(waiting_record&& next);
  void fail(web_question&& question, problem why);
  subscriber_filter wanted() const;
  void resubscribe();
  void tell_dashboards(std::span<const event> events);
  void quit_when_empty();

  /// The call may end connections.
  template <class Service>
  void each_listener(Service service) {
    auto all = listeners_;
    for (const auto& each : all)
      service(*each.who);
  }

  template <class Answer, class Handle, class... Content>
  void request(const Handle& whom, std::function<void(std::optional<Answer>)> done,
               Content... content);

  io_actor<web_server_actor>* self_;
  const gateway_settings& settings_;
  web_assets assets_;
  environment& env_;
  actor_log log_;
  std::vector<std::string> mesh_names_;
  std::vector<data_type_registry> types_; // by mesh_index
  web_guard guard_;
  std::optional<boost::asio::ssl::context> tls_;
  std::shared_ptr<client_acceptor> acceptor_;
  token_keeper tokens_;

  slot_table<connection_ptr> connections_;
  std::vector<listening> listeners_;
  std::vector<web_batch> questions_; // of this turn, by mesh_index
  bool questions_scheduled_ = false;
  std::deque<waiting_replay> replays_;
  std::size_t replays_under_way_ = 0;
  std::deque<waiting_record> records_;
  std::size_t records_under_way_ = 0;
  std::optional<boost::json::object> readiness_;
  mono_time readiness_at_{};
  event_lines lines_;
  dashboard dashboard_;
  std::string date_;
  std::chrono::sys_seconds date_second_{};

  gateway_wiring wiring_;
  subscriber_filter filter_{.kinds = {}};
  bool stopping_ = false;
  bool is_down_ = false;

  std::uint64_t accepted_ = 0;
  std::uint64_t turned_away_ = 0;
  std::uint64_t upgraded_ = 0;
  std::array<std::uint64_t, 6> answers_{}; // by the first digit of the status
  std::map<cut_off, std::uint64_t> cut_offs_;
  subscriber_counters ended_streams_; // of subscriptions that are no more
  histogram answer_times_;
  histogram push_times_;
};

web_server_actor::behavior_type
web_server(io_actor_of<web_server_actor, web_server_core>* self, const gateway_settings* settings,
           web_assets assets, environment* env);

} // namespace xylem
