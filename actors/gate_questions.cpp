#include "actors/gate_questions.hpp"

#include "protocol/gate_feed.hpp"
#include "protocol/prometheus.hpp"
#include "protocol/version.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace xylem {

namespace json = boost::json;

namespace {

/// Two of them follow each other at most.
constexpr auto step_time = std::chrono::seconds{2};

/// The status is gathered from all actors: who asks more often is told the same.
constexpr auto status_age = std::chrono::milliseconds{250};

constexpr std::uint32_t most_incidents = 1000;

link_state link_state_of(std::string_view name) {
  for (auto each : {link_state::up, link_state::silent, link_state::noisy})
    if (to_string(each) == name)
      return each;
  return link_state::down;
}

remote_command_answer refusal(mesh_index mesh, problem_kind kind, std::string detail) {
  return {mesh, problem{kind, std::move(detail)}};
}

remote_command_answer answer_of(command_answer&& known) {
  if (auto record = std::get_if<command_record>(&known.result))
    return {known.mesh, save(*record)};
  return {known.mesh, std::get<problem>(std::move(known.result))};
}

} // namespace

gate_questions::gate_questions(monitor_gate_actor::pointer self, const gateway_settings& settings,
                               environment& env, answer_callback answer)
    : self_{self}, settings_{settings}, env_{env}, answer_{std::move(answer)} {}

/// What a hello tells is another one when the meshes or the instances are.
void gate_questions::connect(const gateway_wiring& wiring) {
  std::vector<std::string> names;
  for (const auto& mesh : settings_.meshes)
    names.push_back(mesh.name);
  if (names != mesh_names_ || wiring.serves != wiring_.serves)
    ++generation_;
  mesh_names_ = std::move(names);
  wiring_ = wiring;
  if (!wiring_.event_hub)
    return;
  for (auto& each : std::exchange(held_, {}))
    start(std::move(each));
}

void gate_questions::tick() {
  auto now = env_.clock.now().mono;
  while (!held_.empty() && held_.front().until <= now) {
    auto late = std::move(held_.front());
    held_.pop_front();
    answer(late.id, event_page{.reached = late.asked.from, .newest = late.asked.from});
  }
}

// -- who asks what

bool gate_questions::ask(std::uint64_t id, std::string_view encoded) {
  auto question = decode<gate_question>(encoded);
  if (!question || under_way_ >= most)
    return false;
  switch (question->kind) {
    case question_kind::hello: return decode_and_ask<monitor_hello>(id, *question);
    case question_kind::nodes: return decode_and_ask<nodes_query>(id, *question);
    case question_kind::report: return decode_and_ask<report_query>(id, *question);
    case question_kind::command: return decode_and_ask<remote_command>(id, *question);
    case question_kind::command_state: return decode_and_ask<remote_command_query>(id, *question);
    case question_kind::ping: return decode_and_ask<ping>(id, *question);
  }
  return false;
}

template <class Message>
bool gate_questions::decode_and_ask(std::uint64_t id, const gate_question& question) {
  auto message = decode<Message>(question.body);
  if (!message)
    return false;
  ++under_way_;
  ask(id, question.who, *message);
  return true;
}

bool gate_questions::ask_replay(std::uint64_t id, std::string_view encoded) {
  auto asked = decode<gate_replay>(encoded);
  if (!asked || under_way_ >= most)
    return false;
  ++under_way_;
  held_replay what{id, *std::move(asked), env_.clock.now().mono + 2 * step_time};
  if (wiring_.event_hub)
    start(std::move(what));
  else
    held_.push_back(std::move(what));
  return true;
}

template <class Message>
void gate_questions::answer(std::uint64_t id, const Message& what) {
  --under_way_;
  answer_(id, encode(what));
}

template <class Answer, class Handle, class... Content>
void gate_questions::request(const Handle& whom, std::function<void(std::optional<Answer>)> done,
                             Content... content) {
  if (!whom)
    return done(std::nullopt);
  self_->request(whom, step_time, std::move(content)...)
    .then([done](Answer& answer) { done(std::move(answer)); },
          [done](const caf::error&) { done(std::nullopt); });
}

// -- events

/// It is on this thread: it answers, or ends and another one is asked (gate_feed::hub_changed()).
/// With a time-out for each page of events CAF's clock would need as much time as all else.
template <class... Question>
void gate_questions::ask_hub(replay_callback done, Question... question) {
  if (!wiring_.event_hub)
    return done(std::nullopt);
  self_->request(wiring_.event_hub, caf::infinite, std::move(question)...)
    .then([done](replay_page& page) { done(std::move(page)); },
          [done](const caf::error&) { done(std::nullopt); });
}

void gate_questions::read(replay_query asked, replay_callback done) {
  auto arrive = with_record(asked, std::move(done));
  ask_hub(std::move(arrive), std::move(asked));
}

void gate_questions::read_news(replay_query asked, replay_callback done) {
  auto arrive = with_record(asked, std::move(done));
  ask_hub(std::move(arrive), news_atom::value, std::move(asked));
}

gate_questions::replay_callback gate_questions::with_record(replay_query asked,
                                                            replay_callback done) {
  return [this, asked = std::move(asked),
          done = std::move(done)](std::optional<replay_page> page) {
    if (!page || !needs_record(*page) || !wiring_.recorder)
      return done(std::move(page));
    auto of_both = [asked, done, of_ring = *page](std::optional<replay_page> of_record) {
      done(of_record ? joined(asked, of_ring, *std::move(of_record)) : of_ring);
    };
    request<replay_page>(wiring_.recorder, std::function{std::move(of_both)}, asked);
  };
}

void gate_questions::start(held_replay what) {
  replay_query query{.from = what.asked.from,
                     .filter = std::move(what.asked.filter),
                     .max_events = std::min<std::size_t>(what.asked.max_events,
                                                         monitor_limits::page_events)};
  read(std::move(query),
       [this, id = what.id, from = what.asked.from](std::optional<replay_page> page) {
         answer(id, page ? page_for_gate(*std::move(page))
                         : event_page{.reached = from, .newest = from});
       });
}

// -- what there is

struct gate_questions::pending_hello {
  std::uint64_t id;
  gateway_hello hello;
  std::size_t open = 2;
};

void gate_questions::ask(std::uint64_t id, const std::string& who, const monitor_hello&) {
  auto scope = monitor_access{settings_.monitor.allow}.scope_of(who);
  auto what = std::make_shared<pending_hello>(
    pending_hello{id, {.software = "xylem " + std::string{software_version()},
                       .name = settings_.monitor.name,
                       .instance = env_.instance,
                       .serves = wiring_.serves,
                       .scope = scope.value_or(access_scope::read),
                       .generation = generation_,
                       .now = env_.clock.now().wall}});
  if (what->hello.serves.empty())
    what->hello.serves.push_back(env_.instance);
  auto newest = [this, what](std::optional<replay_page> page) {
    if (page)
      what->hello.newest = page->newest;
    finish_hello(*what);
  };
  ask_hub(std::move(newest), replay_query{});
  ask_status([this, what](const json::object* status) {
    what->hello.meshes = meshes(status);
    finish_hello(*what);
  });
}

void gate_questions::finish_hello(pending_hello& what) {
  if (--what.open > 0)
    return;
  if (encode(what.hello).size() > monitor_limits::message_bytes) {
    what.hello.meshes.clear();
    what.hello.refused = "there are more data types than fit into a message";
  }
  answer(what.id, what.hello);
}

std::vector<remote_mesh> gate_questions::meshes(const json::object* status) const {
  std::vector<remote_mesh> all;
  auto told = status ? status->if_contains("meshes") : nullptr;
  for (const auto& mesh : settings_.meshes) {
    remote_mesh what{.name = mesh.name, .types = mesh.data_types};
    for (const auto& each : told ? told->as_array() : json::array{})
      if (each.at("name").as_string() == mesh.name) {
        const auto& link = each.at("link").as_object();
        what.link = link_state_of(link.at("state").as_string());
        if (auto reason = link.if_contains("reason"))
          what.link_reason = reason->as_string();
      }
    all.push_back(std::move(what));
  }
  return all;
}

void gate_questions::ask(std::uint64_t id, const std::string&, const ping& what) {
  auto serves = wiring_.serves.empty() ? std::vector{env_.instance} : wiring_.serves;
  answer(id, pong{what.nonce, std::move(serves), generation_, env_.clock.now().wall});
}

/// The cursor is of before the nodes are read: what comes after it may be in them already, and
/// nothing is missing.
void gate_questions::ask(std::uint64_t id, const std::string&, const nodes_query& query) {
  auto fail = [this, id, mesh = query.mesh](std::string why) {
    answer(id, nodes_page{.mesh = mesh, .problem = std::move(why)});
  };
  if (query.mesh.value >= wiring_.meshes.size())
    return fail("there is no such mesh");
  auto newest = [this, id, query, fail](std::optional<replay_page> before) {
    if (!before)
      return fail("the event hub does not answer");
    auto arrive = [this, id, fail, at = before->newest](std::optional<nodes_page> page) {
      if (!page)
        return fail("the node cache does not answer");
      page->at = at;
      answer(id, *page);
    };
    request<nodes_page>(wiring_.meshes[query.mesh.value].node_cache, std::function{std::move(arrive)},
                        query);
  };
  ask_hub(std::move(newest), replay_query{});
}

// -- reports

void gate_questions::ask_status(status_callback done) {
  if (status_ && env_.clock.now().mono - status_at_ < status_age)
    return done(&*status_);
  status_waiters_.push_back(std::move(done));
  if (status_waiters_.size() > 1)
    return;
  auto arrive = [this](std::optional<actor_status> answer) {
    status_.reset();
    if (answer)
      status_ = std::move(answer->body);
    status_at_ = env_.clock.now().mono;
    for (auto& each : std::exchange(status_waiters_, {}))
      each(status_ ? &*status_ : nullptr);
  };
  request<actor_status>(wiring_.supervisor, std::function{std::move(arrive)}, status_atom::value);
}

void gate_questions::ask(std::uint64_t id, const std::string&, const report_query& query) {
  auto tell = [this, id, kind = query.kind](std::optional<std::string> content) {
    report told{.kind = kind};
    if (!content)
      told.problem = "the gateway is busy or being restarted";
    else if (content->size() > monitor_limits::report_bytes)
      told.problem = "longer than " + std::to_string(monitor_limits::report_bytes) + " bytes";
    else
      told.content = *std::move(content);
    answer(id, told);
  };
  if (query.kind != report_kind::incidents)
    return ask_status([tell, kind = query.kind](const json::object* status) {
      if (!status)
        return tell(std::nullopt);
      tell(kind == report_kind::metrics ? prometheus_text(*status) : json::serialize(*status));
    });
  incident_query asked{query.before, std::clamp(query.limit, 1U, most_incidents)};
  auto arrive = [tell](std::optional<actor_status> answer) {
    tell(answer ? std::optional{json::serialize(answer->body)} : std::nullopt);
  };
  request<actor_status>(wiring_.supervisor, std::function{std::move(arrive)}, asked);
}

// -- commands

/// What the gate says of who asks is not believed beyond what the configuration gives that name.
void gate_questions::ask(std::uint64_t id, const std::string& who, const remote_command& what) {
  auto scope = monitor_access{settings_.monitor.allow}.scope_of(who);
  if (scope < access_scope::command)
    return answer(id, refusal(what.mesh, problem_kind::scope_missing,
                              "monitor.allow does not give the scope command"));
  if (what.mesh.value >= wiring_.meshes.size())
    return answer(id, refusal(what.mesh, problem_kind::mesh_not_found, "there is no such mesh"));
  auto arrive = [this, id, mesh = what.mesh](std::optional<command_answer> known) {
    answer(id, known ? answer_of(*std::move(known))
                     : refusal(mesh, problem_kind::not_available, "nobody takes commands now"));
  };
  request<command_answer>(wiring_.meshes[what.mesh.value].commands, std::function{std::move(arrive)},
                          command_request{what.mesh, what.what});
}

/// Every mesh gives out numbers: all are asked, and who knows it answers.
void gate_questions::ask(std::uint64_t id, const std::string&, const remote_command_query& what) {
  auto open = std::make_shared<std::size_t>(wiring_.meshes.size());
  auto found = std::make_shared<bool>(false);
  auto unknown = [this, id] {
    answer(id, refusal({}, problem_kind::command_not_found, "no mesh knows this command"));
  };
  if (*open == 0)
    return unknown();
  auto meshes = wiring_.meshes;
  for (const auto& mesh : meshes) {
    auto arrive = [this, id, open, found, unknown](std::optional<command_answer> known) {
      --*open;
      if (!*found && known && std::holds_alternative<command_record>(known->result)) {
        *found = true;
        answer(id, answer_of(*std::move(known)));
      } else if (!*found && *open == 0) {
        unknown();
      }
    };
    request<command_answer>(mesh.commands, std::function{std::move(arrive)}, what.id);
  }
}

} // namespace xylem
