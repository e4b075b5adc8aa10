#pragma once

#include "actors/web_host.hpp"
#include "protocol/readiness.hpp"
#include "tests/actors/actor_fixture.hpp"

#include <boost/asio/post.hpp>

namespace xylem::testing {

/// A web server that only notes what its connections ask. The test answers.
class fake_web_host final : public web_host {
public:
  using status_done = then<std::optional<boost::json::object>>;

  fake_web_host(boost::asio::io_context& io, const moved_clock& clock) : io_{io}, clock_{clock} {}

  boost::asio::io_context& io() noexcept override { return io_; }
  instant now() const override { return clock_.now(); }
  std::string_view date(wall_time) override { return "Sun, 06 Nov 1994 08:49:37 GMT"; }
  std::string_view version() const noexcept override { return "1.2.3"; }
  std::span<const std::string> meshes() const noexcept override { return mesh_names; }
  const web_guard& guard() const noexcept override { return guard_; }

  const data_type_registry& types(mesh_index) const override { return types_; }

  const web_asset* find_asset(std::string_view path) const noexcept override {
    return path == asset.path ? &asset : nullptr;
  }

  std::variant<web_client, problem> admit(std::optional<std::string_view> token) override {
    if (fails)
      throw std::runtime_error{"as the test wants"};
    if (!wanted_token)
      return web_client{scope};
    if (token != wanted_token)
      return problem{token ? problem_kind::token_unknown : problem_kind::token_required};
    return web_client{scope, token_hash{}};
  }

  std::string_view configuration() const noexcept override { return "state_dir = \"\"\n"; }
  std::vector<std::string> log_lines(std::size_t most) const override {
    std::vector<std::string> lines{"one", "two \"2\"", "three"};
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(std::min(most, lines.size())));
    return lines;
  }
  log_level least_logged() const noexcept override { return least; }
  void log_from(log_level wanted) override { least = wanted; }
  void ask(mesh_index mesh, web_question question) override {
    questions.emplace_back(mesh, std::move(question));
  }
  void submit(command_request what, then<command_answer> done) override {
    if (fails)
      throw std::runtime_error{"as the test wants"};
    submitted.emplace_back(std::move(what), std::move(done));
  }
  void find_command(command_id id, then<command_answer> done) override {
    looked_up.emplace_back(id, std::move(done));
  }
  void ask_status(status_done done) override { statuses.push_back(std::move(done)); }
  void ask_readiness(status_done done) override {
    ask_status([done = std::move(done)](const std::optional<boost::json::object>& status) {
      done(status ? std::optional{readiness_of(*status)} : std::nullopt);
    });
  }
  void ask_incidents(incident_query asked, status_done done) override {
    incidents.emplace_back(asked, std::move(done));
  }
  void ask_replay(replay_query asked, then<std::optional<replay_page>> done) override {
    replays.emplace_back(std::move(asked), std::move(done));
  }

  void ask_capture(mesh_index, capture_query asked, then<capture_answer> done) override {
    captures.emplace_back(asked, std::move(done));
  }
  void ask_series(mesh_index, history_query asked,
                  then<std::optional<series_part>> done) override {
    series.emplace_back(std::move(asked), std::move(done));
  }
  bool keeps_record() const noexcept override { return records; }
  void ask_record(record_query asked, then<std::optional<record_answer>> done) override {
    recorded.emplace_back(std::move(asked), std::move(done));
  }

  std::string_view text_of(std::uint64_t epoch, const event& what) override {
    text_ = std::to_string(epoch) + "." + std::to_string(what.seq);
    return text_;
  }
  std::vector<std::string> dashboard_state() const override { return dashboard; }

  void add_listener(std::uint64_t, std::shared_ptr<web_listener>) override {}
  void listeners_changed() override { ++listener_changes; }
  void note_answer(unsigned status, mono_time::duration) override { answers.push_back(status); }
  void note_cut_off(cut_off why) override { cut_offs.push_back(why); }
  void note_stream_end(const subscriber_counters& counters) override { ended_streams += counters; }
  void note_failure(std::string_view what) override { failures.emplace_back(what); }
  void ended(std::uint64_t connection) override {
    ended_connections.push_back(connection);
    if (on_ended)
      on_ended();
  }

  /// The node cache answers the oldest question.
  template <class Connection>
  void answer_question(Connection& to, std::string body, json_answer answer = {}) {
    REQUIRE(!questions.empty());
    auto question = std::move(questions.front().second);
    questions.erase(questions.begin());
    question.body = std::move(body);
    question.answer = std::move(answer);
    to.answered(std::move(question));
  }

  /// The event hub answers the oldest question.
  void answer_replay(std::optional<replay_page> page) {
    REQUIRE(!replays.empty());
    auto done = std::move(replays.front().second);
    replays.erase(replays.begin());
    done(std::move(page));
  }

  std::vector<std::string> mesh_names{"field"};
  web_asset asset{.path = "/index.html", .content_type = "text/html", .tag = "\"t\"",
                  .gzip = "packed", .plain = "a page"};
  std::optional<std::string> wanted_token{};
  access_scope scope = access_scope::admin;
  bool records = false; ///< there should be a recorder
  log_level least = log_level::info;
  bool fails = false; ///< whoever comes meets an error of the gateway
  std::vector<std::string> dashboard{};

  std::vector<std::pair<mesh_index, web_question>> questions{};
  std::vector<std::pair<command_request, then<command_answer>>> submitted{};
  std::vector<std::pair<command_id, then<command_answer>>> looked_up{};
  std::vector<status_done> statuses{};
  std::vector<std::pair<incident_query, status_done>> incidents{};
  std::vector<std::pair<replay_query, then<std::optional<replay_page>>>> replays{};
  std::vector<std::pair<capture_query, then<capture_answer>>> captures{};
  std::vector<std::pair<history_query, then<std::optional<series_part>>>> series{};
  std::vector<std::pair<record_query, then<std::optional<record_answer>>>> recorded{};

  std::size_t listener_changes = 0;
  std::vector<unsigned> answers{};
  std::vector<cut_off> cut_offs{};
  subscriber_counters ended_streams{};
  std::vector<std::string> failures{};
  std::vector<std::uint64_t> ended_connections{};
  std::function<void()> on_ended{};

private:
  boost::asio::io_context& io_;
  const moved_clock& clock_;
  web_guard guard_{{}};
  data_type_registry types_;
  std::string text_;
};

} // namespace xylem::testing
