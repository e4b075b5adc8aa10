// What connections of the web server ask the other actors.
#include "actors/web_server.hpp"

#include "protocol/readiness.hpp"

#include <boost/asio/post.hpp>

namespace xylem {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr auto actor_timeout = std::chrono::seconds{5};

/// What one turn may ask: some 0.5 ms of the node cache. Then the port and the timers have theirs.
constexpr std::size_t nodes_per_turn = 2000;

/// Replays at a time; the others wait.
constexpr std::size_t most_replays = 8;

/// Questions to the recorder at a time, which has other work, too; the others wait.
constexpr std::size_t most_records = 4;

/// How old the state may be that anybody may ask for, again and again.
constexpr auto readiness_age = std::chrono::milliseconds{250};

/// Takes as many of the first as a turn may ask, but one at least.
std::vector<web_question> take_turn(std::vector<web_question>& waiting) {
  std::size_t count = 0;
  for (std::size_t nodes = 0; count < waiting.size() && nodes < nodes_per_turn; ++count)
    nodes += waiting[count].asked.about == json_query::subject::reading
               ? 1
               : std::size_t{waiting[count].asked.limit};
  if (count == waiting.size())
    return std::exchange(waiting, {});
  auto end = waiting.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<web_question> taken{std::make_move_iterator(waiting.begin()),
                                  std::make_move_iterator(end)};
  waiting.erase(waiting.begin(), end);
  return taken;
}

} // namespace

void web_server_core::ask(mesh_index mesh, web_question question) {
  questions_[mesh.value].questions.push_back(std::move(question));
  schedule_questions();
}

/// After all handlers of this poll cycle: what they ask is one message.
void web_server_core::schedule_questions() {
  if (std::exchange(questions_scheduled_, true))
    return;
  asio::post(env_.io, [self = shared_from_this()] { self->send_questions(); });
}

void web_server_core::send_questions() {
  questions_scheduled_ = false;
  auto send_all = [this] {
    for (auto& batch : questions_) {
      if (batch.questions.empty())
        continue;
      auto known = batch.mesh.value < wiring_.meshes.size();
      auto cache = known ? wiring_.meshes[batch.mesh.value].node_cache : node_cache_actor{};
      auto questions = take_turn(batch.questions);
      if (cache)
        self_->send(cache, web_batch{batch.mesh, std::move(questions)});
      else
        for (auto& question : questions)
          fail(std::move(question), {problem_kind::not_available, "the node cache is restarted"});
    }
  };
  if (is_down_)
    return;
  auto alive = caf::strong_actor_ptr{self_->ctrl()};
  self_->work_and_run_others(send_all);
  if (std::ranges::any_of(questions_, [](const web_batch& each) { return !each.questions.empty(); }))
    schedule_questions();
}

void web_server_core::fail(web_question&& question, problem why) {
  question.answer.failed = std::move(why);
  if (auto found = connections_.find(question.connection))
    connection_ptr{*found}->answered(std::move(question));
}

void web_server_core::deliver(web_batch&& batch) {
  for (auto& question : batch.questions)
    if (auto found = connections_.find(question.connection))
      connection_ptr{*found}->answered(std::move(question));
  auto& next = questions_[batch.mesh.value].questions;
  if (next.empty() && next.capacity() == 0) {
    batch.questions.clear();
    next = std::move(batch.questions);
  }
}

template <class Answer, class Handle, class... Content>
void web_server_core::request(const Handle& whom, std::function<void(std::optional<Answer>)> done,
                              Content... content) {
  if (is_down_ || !whom) {
    asio::post(env_.io, [done = std::move(done)] { done(std::nullopt); });
    return;
  }
  self_->request(whom, actor_timeout, std::move(content)...)
    .then([done](Answer& answer) { done(std::move(answer)); },
          [done](const caf::error&) { done(std::nullopt); });
}

void web_server_core::submit(command_request what, then<command_answer> done) {
  auto mesh = what.mesh;
  auto known = mesh.value < wiring_.meshes.size();
  auto manager = known ? wiring_.meshes[mesh.value].commands : command_desk_actor{};
  auto arrive = [done = std::move(done), mesh](std::optional<command_answer> answer) {
    done(answer ? std::move(*answer)
                : command_answer{mesh, problem{problem_kind::not_available,
                                               "the network manager does not answer"}});
  };
  request<command_answer>(manager, std::function{std::move(arrive)}, std::move(what));
}

/// Numbers are given out by every mesh: all are asked, and who knows it answers.
void web_server_core::find_command(command_id id, then<command_answer> done) {
  struct search {
    then<command_answer> done;
    std::size_t open = 0;
    bool found = false;
  };
  auto state = std::make_shared<search>(search{std::move(done), mesh_names_.size()});
  for (std::size_t i = 0; i < mesh_names_.size(); ++i) {
    auto known = i < wiring_.meshes.size();
    auto manager = known ? wiring_.meshes[i].commands : command_desk_actor{};
    auto arrive = [state](std::optional<command_answer> answer) {
      auto knows = answer && std::holds_alternative<command_record>(answer->result);
      auto last = --state->open == 0;
      if (state->found || (!knows && !last))
        return;
      state->found = true;
      state->done(answer ? std::move(*answer)
                         : command_answer{{}, problem{problem_kind::not_available,
                                                      "the network manager does not answer"}});
    };
    request<command_answer>(manager, std::function{std::move(arrive)}, id);
  }
}

void web_server_core::ask_readiness(then<std::optional<json::object>> done) {
  if (readiness_ && env_.clock.now().mono - readiness_at_ < readiness_age)
    return asio::post(env_.io, [done = std::move(done), known = readiness_] { done(known); });
  ask_status([weak = weak_from_this(), done = std::move(done)](
               const std::optional<json::object>& status) {
    auto tree = status ? std::optional{readiness_of(*status)} : std::nullopt;
    if (auto self = weak.lock()) {
      self->readiness_ = tree;
      self->readiness_at_ = self->env_.clock.now().mono;
    }
    done(std::move(tree));
  });
}

void web_server_core::ask_status(then<std::optional<json::object>> done) {
  auto arrive = [done = std::move(done)](std::optional<actor_status> answer) {
    done(answer ? std::optional{std::move(answer->body)} : std::nullopt);
  };
  request<actor_status>(wiring_.supervisor, std::function{std::move(arrive)}, status_atom::value);
}

void web_server_core::ask_incidents(incident_query asked,
                                    then<std::optional<json::object>> done) {
  auto arrive = [done = std::move(done)](std::optional<actor_status> answer) {
    done(answer ? std::optional{std::move(answer->body)} : std::nullopt);
  };
  request<actor_status>(wiring_.supervisor, std::function{std::move(arrive)}, asked);
}

void web_server_core::ask_replay(replay_query asked, then<std::optional<replay_page>> done) {
  replays_.push_back({std::move(asked), std::move(done)});
  start_replays();
}

void web_server_core::start_replays() {
  while (!replays_.empty() && replays_under_way_ < most_replays) {
    auto [asked, done] = std::move(replays_.front());
    replays_.pop_front();
    ++replays_under_way_;
    auto arrive = [self = weak_from_this(), asked, done = std::move(done)](
                    std::optional<replay_page> page) {
      auto alive = self.lock();
      if (alive && page && needs_record(*page) && alive->wiring_.recorder)
        return alive->ask_record_too(asked, *std::move(page), done);
      if (alive)
        alive->end_replay(std::move(page), done);
      else
        done(std::move(page));
    };
    request<replay_page>(wiring_.event_hub, std::function{std::move(arrive)}, std::move(asked));
  }
}

/// The ring does not go back as far; a record that is not to be had leaves the gap.
void web_server_core::ask_record_too(const replay_query& asked, replay_page of_ring,
                                     const then<std::optional<replay_page>>& done) {
  auto arrive = [self = weak_from_this(), asked, done, of_ring = std::move(of_ring)](
                  std::optional<replay_page> of_record) {
    auto page = of_record ? joined(asked, of_ring, *std::move(of_record)) : of_ring;
    if (auto alive = self.lock())
      alive->end_replay(std::move(page), done);
    else
      done(std::move(page));
  };
  request<replay_page>(wiring_.recorder, std::function{std::move(arrive)}, asked);
}

void web_server_core::end_replay(std::optional<replay_page> page,
                                 const then<std::optional<replay_page>>& done) {
  --replays_under_way_;
  done(std::move(page));
  start_replays();
}

void web_server_core::ask_capture(mesh_index mesh, capture_query asked,
                                  then<capture_answer> done) {
  if (settings_.meshes[mesh.value].capture_bytes == 0)
    return asio::post(env_.io, [done = std::move(done)] {
      done(problem{problem_kind::nothing_captured, "capture_bytes of this mesh is 0"});
    });
  auto known = mesh.value < wiring_.meshes.size();
  auto keeper = known ? wiring_.meshes[mesh.value].capture : capture_actor{};
  auto arrive = [done = std::move(done)](std::optional<capture_page> page) {
    if (page)
      done(std::move(*page));
    else
      done(problem{problem_kind::not_available, "the capture does not answer"});
  };
  request<capture_page>(keeper, std::function{std::move(arrive)}, asked);
}

void web_server_core::ask_series(mesh_index mesh, history_query asked,
                                 then<std::optional<series_part>> done) {
  auto known = mesh.value < wiring_.meshes.size();
  auto cache = known ? wiring_.meshes[mesh.value].node_cache : node_cache_actor{};
  if (cache)
    return request<series_part>(cache, std::move(done), std::move(asked));
  asio::post(env_.io, [done = std::move(done)] {
    done(series_part{.failed = problem{problem_kind::not_available,
                                       "the node cache is restarted"}});
  });
}

void web_server_core::ask_record(record_query asked, then<std::optional<record_answer>> done) {
  records_.push_back({std::move(asked), std::move(done), env_.clock.now().mono});
  start_records();
}

void web_server_core::start_records() {
  while (!records_.empty() && records_under_way_ < most_records) {
    auto next = std::move(records_.front());
    records_.pop_front();
    if (env_.clock.now().mono - next.since < actor_timeout)
      start(std::move(next));
    else // it is answered without the record
      asio::post(env_.io, [done = std::move(next.done)] { done(std::nullopt); });
  }
}

void web_server_core::start(waiting_record&& next) {
  ++records_under_way_;
  auto arrive = [self = weak_from_this(), done = std::move(next.done)](
                  std::optional<record_answer> answer) {
    auto alive = self.lock();
    if (alive)
      --alive->records_under_way_;
    done(std::move(answer));
    if (alive)
      alive->start_records();
  };
  request<record_answer>(wiring_.recorder, std::function{std::move(arrive)},
                         std::move(next.asked));
}

} // namespace xylem
