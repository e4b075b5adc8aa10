#include "actors/remote/gate_client.hpp"

#include "fake_gateway.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

/// A gate's end, and what it was told.
struct client_bench {
  client_bench() {
    client = std::make_shared<gate_client>(
      io, gateway.take_socket(),
      gate_client::events{
        .configured = [this](std::string_view text) { configurations.emplace_back(text); },
        .fed = [this](const event_page& page) { fed += page.events.size(); },
        .ended = [this] { ended = true; },
        .lost = [this](std::string_view why) { lost = why; }});
    client->start();
  }

  ~client_bench() { client->close(); }

  void run_until(const std::function<bool()>& done) {
    auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!done()) {
      io.restart();
      io.run_one_for(100ms);
      if (std::chrono::steady_clock::now() > deadline)
        FAIL("20 s are over");
    }
  }

  void ask(std::size_t count) {
    for (; count > 0; --count)
      client->ask("office", question_kind::ping, encode(ping{}),
                  [this](const std::optional<std::string>& answer) {
                    ++(answer ? answered : unanswered);
                  });
  }

  boost::asio::io_context io{1};
  fake_gateway gateway{io};
  std::shared_ptr<gate_client> client;
  std::vector<std::string> configurations;
  std::size_t fed = 0;
  std::size_t answered = 0;
  std::size_t unanswered = 0;
  bool ended = false;
  std::string lost;
};

} // namespace

TEST_CASE_FIXTURE(client_bench, "questions are answered, however many there are") {
  ask(500);
  run_until([&] { return answered == 500; });
  CHECK(gateway.asked.size() == 500);
  CHECK(gateway.asked[0].who == "office");
}

TEST_CASE_FIXTURE(client_bench, "a gateway that is silent has 32 questions, and all are given up") {
  gateway.answers = [](const gate_question&) { return std::nullopt; };
  ask(40);
  run_until([&] { return unanswered == 40; });
  CHECK(answered == 0);
  CHECK(gateway.asked.size() == 32);
}

TEST_CASE_FIXTURE(client_bench, "events come as long as there are some: credit is given again") {
  client->follow();
  run_until([&] { return gateway.follows == 1; });
  gateway.happen(20'000); // 40 pages of 512, and 16 are under way
  run_until([&] { return fed == 20'000; });
}

TEST_CASE_FIXTURE(client_bench, "what the gateway says is handed on, in order") {
  gateway.say(gate_frame_kind::configure, 0, "one");
  gateway.say(gate_frame_kind::configure, 0, "two");
  gateway.say(gate_frame_kind::answer, 99, "of nobody's question");
  gateway.say(gate_frame_kind::end);
  run_until([&] { return ended; });
  CHECK(configurations == std::vector<std::string>{"one", "two"});
  CHECK(lost.empty());
}

TEST_CASE_FIXTURE(client_bench, "what a gateway may not say ends it") {
  gateway.say(gate_frame_kind::question, 1);
  run_until([&] { return !lost.empty(); });
  CHECK(lost == "the gateway has said what it may not");
}

TEST_CASE_FIXTURE(client_bench, "a feed that is no page ends it") {
  gateway.say(gate_frame_kind::feed, 0, "x");
  run_until([&] { return !lost.empty(); });
}

TEST_CASE_FIXTURE(client_bench, "the last words are written before it is finished") {
  for (auto i = 0; i < 100; ++i)
    client->tell_state(std::string(10'000, 'x'));
  client->tell(log_level::error, "because");
  auto finished = false;
  client->finish([&] { finished = true; });
  client->tell_state("too late");
  run_until([&] { return finished && gateway.is_closed; });
  CHECK(gateway.states.size() == 100);
  REQUIRE(gateway.lines.size() == 1);
  CHECK(gateway.lines[0].text == "because");
  CHECK(lost.empty());
}

TEST_CASE_FIXTURE(client_bench, "a gateway that is gone is told once") {
  gateway.die();
  run_until([&] { return !lost.empty(); });
  ask(3);
  CHECK(gateway.asked.empty());
}
