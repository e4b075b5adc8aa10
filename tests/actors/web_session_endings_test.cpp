#include "tests/actors/web_requests.hpp"

using namespace xylem;
using namespace xylem::testing;
using namespace xylem::testing::http;

// -- time

TEST_CASE("a header that is not complete in 5 s is answered with 408") {
  bench all;
  all.receive(livez.substr(0, 5));
  all.advance(4s);
  all.receive(livez.substr(5, 5)); // progress is not enough: it has to be complete
  CHECK(!all.ended());
  all.advance(1s);
  CHECK(only_answer(all).status == 408);
  CHECK(all.ended());
  CHECK(was_cut_off(all, cut_off::header_timeout));
}

TEST_CASE("the time for a header begins when the answer before it has been taken") {
  bench all;
  all.script->stall();
  all.receive(livez + livez.substr(0, 5));
  all.advance(6s);
  all.script->take();
  all.run();
  all.advance(3s);
  all.receive(livez.substr(5));
  CHECK(answers(all).size() == 2);
  CHECK(all.host->cut_offs.empty());
}

TEST_CASE("a body that is not complete in 10 s is answered with 408") {
  bench all;
  auto request = post(command_body);
  all.receive(request.substr(0, request.size() - 1));
  all.advance(9s);
  CHECK(!all.ended());
  all.advance(1s);
  CHECK(only_answer(all).status == 408);
  CHECK(only_answer(all).has("Connection: close"));
  CHECK(all.ended());
  CHECK(was_cut_off(all, cut_off::body_timeout));
}

TEST_CASE("a connection without a request is closed after 60 s, without a word") {
  for (auto used : {false, true}) {
    bench all;
    if (used)
      all.receive(livez);
    auto before = all.script->written;
    all.advance(59s);
    CHECK(!all.ended());
    all.advance(1s);
    CHECK(all.ended());
    CHECK(all.script->written == before);
    CHECK(was_cut_off(all, cut_off::idle));
  }
}

TEST_CASE("a client that does not take its answer is cut off, later if it is long") {
  for (std::size_t size : {10, 1'000'000}) {
    bench all;
    all.script->stall();
    all.receive(get(node_target));
    all.host->answer_question(*all.connection, std::string(size, 'x'));
    all.run();
    all.advance(9s);
    CHECK(!all.ended());
    all.advance(size > 10 ? 40s : 0s);
    CHECK(!all.ended());
    all.advance(size > 10 ? 30s : 1s);
    CHECK(all.ended());
    CHECK(was_cut_off(all, cut_off::answer_timeout));
  }
}

TEST_CASE("a node cache that does not answer for 5 s is a 504, and the connection goes on") {
  bench all;
  all.receive(get(node_target));
  all.advance(4s);
  CHECK(all.script->written.empty());
  all.advance(1s);
  CHECK(only_answer(all).status == 504);
  CHECK(!all.ended());
}

TEST_CASE("an answer that comes too late is not that of the next request") {
  bench all;
  all.receive(get(node_target));
  all.advance(5s);
  all.receive(get(node_target));
  auto late = std::move(all.host->questions.front().second);
  all.host->questions.erase(all.host->questions.begin());
  late.body = "late";
  all.connection->answered(std::move(late));
  all.run();
  CHECK(answers(all).size() == 1);
  all.host->answer_question(*all.connection, "in time");
  all.run();
  CHECK(answers(all).at(1).body == "in time");
}

// -- the end

TEST_CASE("a connection that shall finish ends when its answer is written") {
  bench idle;
  idle.connection->finish();
  idle.run();
  CHECK(idle.ended());

  bench asking;
  asking.receive(get(node_target));
  asking.connection->finish();
  asking.run();
  CHECK(!asking.ended());
  asking.host->answer_question(*asking.connection, "{}");
  asking.run();
  CHECK(only_answer(asking).has("Connection: close"));
  CHECK(asking.ended());

  bench reading;
  reading.receive(livez.substr(0, 10));
  reading.connection->finish();
  reading.receive(livez.substr(10) + livez);
  CHECK(only_answer(reading).has("Connection: close"));
  CHECK(reading.ended());

  bench writing;
  writing.script->stall();
  writing.receive(livez);
  writing.connection->finish();
  writing.run();
  CHECK(!writing.ended());
  writing.script->take();
  writing.run();
  CHECK(only_answer(writing).status == 200);
  CHECK(writing.ended());
}

TEST_CASE("a connection that is closed while it waits for an actor ends at once, for good") {
  for (const auto& request :
       {get(node_target), post(command_body), get("/api/v1/commands/17"), get("/api/v1/status"),
        get("/api/v1/incidents"), get("/readyz"), get("/metrics")}) {
    CAPTURE(request);
    bench all;
    all.receive(request + livez);
    CHECK(all.script->written.empty());
    std::shared_ptr{all.connection}->close();
    all.run();
    CHECK(all.ended());
    CHECK(all.host->failures.empty());
    for (auto& [what, done] : all.host->submitted)
      done(accepted(1));
    for (auto& [id, done] : all.host->looked_up)
      done(accepted(1));
    for (auto& done : all.host->statuses)
      done(std::nullopt);
    for (auto& [asked, done] : all.host->incidents)
      done(std::nullopt);
    all.run();
    CHECK(all.script->written.empty());
  }
}

TEST_CASE("whichever operation fails, the connection ends and leaves nothing behind") {
  auto play = [](bench& all) {
    all.script->reads_at_most = 40;
    all.script->writes_at_most = 60;
    auto request = post(command_body, "Expect: 100-continue\r\n");
    all.receive(livez + get(node_target));
    if (!all.host->questions.empty())
      all.host->answer_question(*all.connection, std::string(100, 'x'));
    all.run();
    all.receive(request.substr(0, request.size() - command_body.size()));
    all.receive(command_body);
    if (!all.host->submitted.empty())
      all.host->submitted.front().second(accepted(1));
    all.run();
    all.script->end();
    all.run();
  };
  std::size_t operations = 0;
  {
    bench whole;
    play(whole);
    CHECK(answers(whole).size() == 4);
    operations = whole.script->operations;
  }
  CHECK(operations > 20);
  for (auto once : {false, true})
    for (std::size_t n = 1; n <= operations; ++n) {
      CAPTURE(n);
      bench all;
      // The first one has begun already: it is the read that waits.
      all.script->fails_at = std::max<std::size_t>(n, 2);
      all.script->fails_once = once;
      play(all);
      REQUIRE(all.ended());
      REQUIRE(all.script->closed);
      REQUIRE(all.host->failures.empty());
    }
}

TEST_CASE("an error of the gateway is a 500 and a line in the log, and the connection ends") {
  bench all;
  all.host->fails = true;
  all.receive(get(node_target) + livez);
  auto answer = only_answer(all);
  CHECK(answer.status == 500);
  CHECK(answer.has("Connection: close"));
  CHECK(answer.body.find("urn:xylem:internal") != std::string::npos);
  CHECK(answer.body.find("as the test wants") == std::string::npos);
  CHECK(all.host->failures == std::vector<std::string>{"as the test wants"});
  CHECK(all.ended());
}
