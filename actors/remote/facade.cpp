#include "actors/remote/facade.hpp"

#include "actors/error.hpp"
#include "protocol/iso_time.hpp"

namespace xylem {

namespace {

/// Of one monitor; more is a violation (monitor §3).
constexpr std::size_t most_questions = 16;

constexpr auto time_to_greet = limits::monitor_handshake_time;

constexpr std::string_view no_answer = "the gateway does not answer";

remote_command_answer command_problem(mesh_index mesh, problem_kind kind, std::string detail) {
  return {.mesh = mesh, .result = problem{kind, std::move(detail)}};
}

} // namespace

facade_core::facade_core(monitor_peer peer, facade_host& host)
    : peer_{std::move(peer)}, host_{host} {}

void facade_core::shut_down() {
  self_ = nullptr;
  feed_.reset();
  waits_.reset();
}

void facade_core::let_go() {
  closing_ = true;
  held_up_ = false;
  feed_.reset();
  waits_.reset();
}

void facade_core::close(std::optional<monitor_refusal> reason, std::string_view why) {
  if (closing_)
    return;
  let_go();
  host_.close(peer_.connection, reason, why);
}

/// The first message must be a hello.
bool facade_core::may_say() {
  if (!closing_ && !greeted_)
    close(monitor_refusal::violation, "its first message was no hello");
  return !closing_;
}

bool facade_core::has_room() {
  if (under_way_ < most_questions)
    return true;
  close(monitor_refusal::violation, "it asks too much at once");
  return false;
}

// -- questions

template <class Answer, class Question>
caf::result<Answer> facade_core::pass_on(question_kind kind, const Question& asked,
                                         Answer failure) {
  auto promise = self_->make_response_promise<Answer>();
  if (!has_room())
    return promise;
  ++under_way_;
  host_.ask(peer_.who.name, kind, encode(asked),
            [weak = weak_from_this(), promise,
             failure = std::move(failure)](const std::optional<std::string>& encoded) mutable {
              auto core = weak.lock();
              if (!core || !core->self_)
                return;
              --core->under_way_;
              auto answer = encoded ? decode<Answer>(*encoded) : std::nullopt;
              if (!answer)
                answer = std::move(failure);
              core->note(*answer);
              promise.deliver(*std::move(answer));
            });
  return promise;
}

caf::result<gateway_hello> facade_core::hello(const monitor_hello& what) {
  if (closing_)
    return self_->make_response_promise<gateway_hello>();
  gateway_hello refused{.software = host_.software(), .name = host_.name()};
  if (what.protocol != monitor_protocol) {
    refused.refused = "this gate speaks protocol " + std::to_string(monitor_protocol);
    note(refused);
    return refused;
  }
  greeted_ = true;
  monitor_ = what.name;
  refused.refused = no_answer;
  return pass_on(question_kind::hello, what, std::move(refused));
}

/// A refusal is the last that it hears.
void facade_core::note(gateway_hello& answer) {
  answer.scope = peer_.scope;
  if (answer.name.empty())
    answer.name = host_.name();
  if (!answer.refused.empty())
    return close(std::nullopt, answer.refused);
  last_known_ = {.serves = answer.serves, .generation = answer.generation};
}

caf::result<nodes_page> facade_core::nodes(const nodes_query& what) {
  if (!may_say())
    return self_->make_response_promise<nodes_page>();
  return pass_on(question_kind::nodes, what,
                 nodes_page{.mesh = what.mesh, .problem = std::string{no_answer}});
}

caf::result<report> facade_core::tell(const report_query& what) {
  if (!may_say())
    return self_->make_response_promise<report>();
  return pass_on(question_kind::report, what,
                 report{.kind = what.kind, .problem = std::string{no_answer}});
}

caf::result<remote_command_answer> facade_core::submit(const remote_command& what) {
  if (!may_say())
    return self_->make_response_promise<remote_command_answer>();
  if (peer_.scope < access_scope::command)
    return command_problem(what.mesh, problem_kind::scope_missing,
                           peer_.who.name + " may only read here");
  return pass_on(question_kind::command, what,
                 command_problem(what.mesh, problem_kind::timeout, std::string{no_answer}));
}

caf::result<remote_command_answer> facade_core::find(const remote_command_query& what) {
  if (!may_say())
    return self_->make_response_promise<remote_command_answer>();
  return pass_on(question_kind::command_state, what,
                 command_problem({}, problem_kind::timeout, std::string{no_answer}));
}

/// A gateway that is busy is still the one that it was.
caf::result<pong> facade_core::answer(const ping& what) {
  if (!may_say())
    return self_->make_response_promise<pong>();
  auto known = last_known_;
  known.nonce = what.nonce;
  known.now = host_.now().wall;
  return pass_on(question_kind::ping, what, std::move(known));
}

void facade_core::note(const pong& answer) {
  last_known_ = answer;
}

// -- what the gate tells it

void facade_core::tick(instant now) {
  if (!greeted_ && now.mono >= peer_.since.mono + time_to_greet)
    close(monitor_refusal::handshake_too_late, "it did not say hello");
  if (waits_ && now.mono >= waits_->since + time_to_greet)
    end_waiting(no_answer);
  wants_turn();
}

monitor_feed_counters facade_core::counters() const {
  auto all = ended_;
  if (!feed_)
    return all;
  auto now = feed_->counters(host_.memory());
  all.sent += now.sent;
  all.coalesced += now.coalesced;
  all.missed += now.missed;
  all.behind = now.behind;
  return all;
}

boost::json::object facade_core::status() const {
  auto counted = counters();
  return {{"name", peer_.shown},
          {"address", peer_.address},
          {"since", iso_time(peer_.since.wall)},
          {"scope", to_string(peer_.scope)},
          {"node", monitor_},
          {"sent", counted.sent},
          {"coalesced", counted.coalesced},
          {"missed", counted.missed},
          {"behind", counted.behind},
          {"credit", feed_ ? feed_->credit() : 0},
          {"queued_bytes", host_.queued_bytes(peer_.connection)}};
}

monitor_interface::behavior_type facade(io_actor_of<monitor_interface, facade_core>* self,
                                        const std::shared_ptr<facade_core>& core) {
  self->set_exception_handler(to_error);
  self->state.core = core;
  core->begin(self);
  auto it = core.get();
  return {
    [it](const monitor_hello& what) { return it->hello(what); },
    [it](const monitor_subscription& what) { return it->subscribe(what); },
    [it](const credit_grant& what) { it->grant(what); },
    [it](const nodes_query& what) { return it->nodes(what); },
    [it](const report_query& what) { return it->tell(what); },
    [it](const remote_command& what) { return it->submit(what); },
    [it](const remote_command_query& what) { return it->find(what); },
    [it](const ping& what) { return it->answer(what); },
  };
}

} // namespace xylem
