#include "remote_fixture.hpp"

#include <caf/send.hpp>

namespace xylem {

std::string encode(const toy_question& what) {
  return "?" + std::to_string(what.number);
}

std::string encode(const toy_answer& what) {
  return "!" + std::to_string(what.number);
}

namespace {

/// Decimal digits behind a mark.
std::optional<std::uint64_t> number_of(char mark, std::string_view text) {
  if (text.empty() || text.size() > 20 || text.front() != mark)
    return std::nullopt;
  std::uint64_t out = 0;
  for (auto digit : text.substr(1)) {
    if (digit < '0' || digit > '9')
      return std::nullopt;
    out = out * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return out;
}

} // namespace

template <>
std::optional<toy_question> decode(std::string_view text) {
  auto number = number_of('?', text);
  return number ? std::optional{toy_question{*number}} : std::nullopt;
}

template <>
std::optional<toy_answer> decode(std::string_view text) {
  auto number = number_of('!', text);
  return number ? std::optional{toy_answer{*number}} : std::nullopt;
}

namespace testing {

namespace {

using facade_self = caf::stateful_actor<toy_facade_state, io_actor<toy_facade>>;

toy_facade::behavior_type facade(facade_self* self, std::uint64_t more) {
  return {[more](const toy_question& asked) { return toy_answer{asked.number + more}; },
          [self](const toy_answer& told) { self->state.told.push_back(told.number); }};
}

using asker = caf::typed_actor<caf::reacts_to<std::uint64_t>>;
using answer_slot = std::optional<std::uint64_t>;

/// Asks once.
asker::behavior_type ask_once(io_actor_of<asker, answer_slot>* self, toy_facade whom,
                              std::uint64_t number, answer_slot* answer) {
  self->request(whom, 20s, toy_question{number})
      .then([answer](const toy_answer& got) { *answer = got.number; },
            [answer](const caf::error&) { *answer = 0; });
  return {[](std::uint64_t) {}};
}

} // namespace

const std::vector<std::uint64_t>& told_to(const toy_facade& facade) {
  return dynamic_cast<facade_self&>(*caf::actor_cast<caf::abstract_actor*>(facade)).state.told;
}

remote_peer::config::config() {
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{1});
  add_remote_types<toy_question, toy_answer>(*this);
  load_remote(*this);
}

remote_peer::remote_peer(boost::asio::io_context& io) : unit{system, io} {}

remote_peer::~remote_peer() {
  for (const auto& address : spawned)
    if (auto actor = caf::actor_cast<caf::actor>(address))
      caf::anon_send_exit(actor, caf::exit_reason::kill);
  unit.work_and_run([] {});
}

toy_facade remote_peer::spawn_facade() {
  caf::actor_config on_io_thread{&unit};
  auto start = facade;
  auto out = system.spawn_functor<caf::no_spawn_options>(std::true_type{}, on_io_thread, start,
                                                         std::uint64_t{1});
  spawned.push_back(out.address());
  return out;
}

void remote_fixture::run_until(const std::function<bool()>& done) {
  auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    io.restart();
    io.run_one_for(100ms);
    if (std::chrono::steady_clock::now() < deadline)
      continue;
    for (const auto* ends : {&server_ends, &client_ends})
      for (const auto& end : *ends)
        MESSAGE(describe(end));
    throw std::runtime_error{"20 s are over"};
  }
}

std::pair<local_stream, local_stream> remote_fixture::stream_pair() {
  local_stream one{io};
  local_stream other{io};
  boost::asio::local::connect_pair(one, other);
  return {std::move(one), std::move(other)};
}

remote_options remote_fixture::server_options() {
  remote_options out;
  out.messages = rules_for<toy_question, toy_answer>();
  return out;
}

remote_options remote_fixture::client_options() {
  return server_options();
}

remote_connection_ptr remote_fixture::serve(local_stream stream, const toy_facade& facade,
                                            remote_options options) {
  return server.node.serve(make_remote_stream(std::move(stream)), facade, std::move(options),
                           [this](const remote_end& why) { server_ends.push_back(why); });
}

remote_connection_ptr remote_fixture::connect(remote_peer& who, local_stream stream,
                                              remote_options options) {
  return who.node.connect<toy_facade>(
      make_remote_stream(std::move(stream)), std::move(options), [](const toy_facade&) {},
      [this](const remote_end& why) { client_ends.push_back(why); });
}

toy_facade remote_fixture::connect_both(remote_options of_server, remote_options of_client) {
  auto [one, other] = stream_pair();
  published = server.spawn_facade();
  served = serve(std::move(one), published, std::move(of_server));
  toy_facade out;
  connected = client.node.connect<toy_facade>(
      make_remote_stream(std::move(other)), std::move(of_client),
      [&out](const toy_facade& facade) { out = facade; },
      [this](const remote_end& why) { client_ends.push_back(why); });
  run_until([&] { return out || !client_ends.empty(); });
  return out;
}

std::uint64_t remote_fixture::ask(const toy_facade& whom, std::uint64_t number) {
  answer_slot answer;
  caf::actor_config on_io_thread{&client.unit};
  auto start = ask_once;
  auto who = client.system.spawn_functor<caf::no_spawn_options>(std::true_type{}, on_io_thread,
                                                                start, whom, number, &answer);
  run_until([&] { return answer.has_value(); });
  caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
  return *answer;
}

} // namespace testing

} // namespace xylem
