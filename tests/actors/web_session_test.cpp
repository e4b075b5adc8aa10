#include "tests/actors/web_requests.hpp"

using namespace xylem;
using namespace xylem::testing;
using namespace xylem::testing::http;

// -- requests in pieces

TEST_CASE("a request is understood in pieces of any size") {
  for (std::size_t size : {1, 2, 3, 5, 7, 64}) {
    bench all;
    all.script->reads_at_most = size;
    all.receive(livez + post(command_body) + livez);
    accept_command(all);
    auto found = answers(all);
    REQUIRE(found.size() == 3);
    CHECK(found[0].status == 200);
    CHECK(found[0].body == R"({"live":true})");
    CHECK(found[1].status == 202);
    CHECK(found[1].has("Location: /api/v1/commands/17"));
    CHECK(found[2].status == 200);
  }
}

TEST_CASE("a request may be split anywhere") {
  for (const auto& request :
       {post(command_body),
        "POST " + commands_target + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
          "Content-Type: application/json\r\n\r\n"
          "5;a=b\r\n{\"kin\r\n17\r\nd\": \"network_info\"    }\r\n0\r\nTrailer: x\r\n\r\n"})
    for (std::size_t split = 1; split < request.size(); ++split) {
      CAPTURE(split);
      bench all;
      all.receive(request.substr(0, split));
      REQUIRE(all.host->submitted.empty());
      all.receive(request.substr(split));
      accept_command(all);
      REQUIRE(only_answer(all).status == 202);
    }
}

TEST_CASE("an answer goes out in pieces of any size") {
  bench all;
  all.script->writes_at_most = 1;
  all.receive(livez);
  CHECK(only_answer(all).body == R"({"live":true})");
}

TEST_CASE("an answer that is not long is one write") {
  bench all;
  all.receive(livez);
  CHECK(all.script->operations == 3); // read, write, read
}

TEST_CASE("pipelined requests are answered one after the other, in their order") {
  bench all;
  all.receive(livez + get(node_target) + get("/nothing") + livez);
  CHECK(answers(all).size() == 1);
  all.host->answer_question(*all.connection, "{}");
  all.run();
  auto found = answers(all);
  REQUIRE(found.size() == 4);
  CHECK(found[1].body == "{}");
  CHECK(found[2].status == 404);
  CHECK(found[3].status == 200);
  CHECK(all.host->answers == std::vector<unsigned>{200, 200, 404, 200});
}

// -- how long a connection lives

TEST_CASE("a connection is kept, unless its client asks for the end") {
  bench all;
  all.receive(livez);
  CHECK(only_answer(all).has("Connection: keep-alive"));
  CHECK(!all.ended());
  all.receive(get("/livez", "Connection: close\r\n") + livez);
  auto found = answers(all);
  REQUIRE(found.size() == 2);
  CHECK(found[1].has("Connection: close"));
  CHECK(all.ended());
  CHECK(all.script->closed);
  CHECK(all.host->cut_offs.empty());
}

TEST_CASE("a connection of HTTP/1.0 ends after its answer, unless its client asks to keep it") {
  bench once;
  once.receive("GET /livez HTTP/1.0\r\n\r\n");
  CHECK(only_answer(once).has("Connection: close"));
  CHECK(once.ended());
  bench kept;
  kept.receive("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(only_answer(kept).has("Connection: keep-alive"));
  CHECK(!kept.ended());
}

TEST_CASE("a client that closes ends its connection, wherever its request was") {
  auto request = post(command_body);
  for (std::size_t size = 0; size < request.size(); ++size) {
    bench all;
    all.receive(request.substr(0, size));
    all.script->end();
    all.run();
    REQUIRE(all.ended());
    REQUIRE(all.script->written.empty());
    REQUIRE(all.host->failures.empty());
  }
}

TEST_CASE("a client that says that it will send nothing more still gets its answer") {
  bench all;
  all.receive(get(node_target));
  all.script->end();
  all.run();
  all.host->answer_question(*all.connection, "{}");
  all.run();
  CHECK(only_answer(all).status == 200);
  CHECK(all.ended());
}

// -- what HTTP wants

TEST_CASE("HEAD has the head of GET, without the content") {
  bench got;
  got.receive(get("/"));
  bench asked;
  asked.receive("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(asked.script->written == answers(got)[0].head + "\r\n");
  CHECK(!asked.ended());
}

TEST_CASE("a client that waits for 100 Continue is told to go on, once") {
  bench all;
  auto request = post(command_body, "Expect: 100-continue\r\n");
  auto begin = request.size() - command_body.size();
  all.receive(request.substr(0, begin));
  CHECK(all.script->written == "HTTP/1.1 100 Continue\r\n\r\n");
  all.receive(request.substr(begin, 5));
  all.receive(request.substr(begin + 5));
  accept_command(all);
  auto found = answers(all);
  REQUIRE(found.size() == 2);
  CHECK(found[1].status == 202);
}

TEST_CASE("a client that does not wait with its body is not told to go on") {
  bench all;
  all.receive(post(command_body, "Expect: 100-continue\r\n"));
  accept_command(all);
  CHECK(only_answer(all).status == 202);
}

TEST_CASE("what is not HTTP is answered with 400 as the last") {
  for (std::string_view text : {"\x16\x03\x01\x02\x01 hello, TLS\r\n\r\n", "hello\r\n\r\n",
                                "GET /livez\r\n\r\n", "GET /livez HTTP/2.0\r\n\r\n",
                                "GET /livez HTTP/1.1\r\nno colon\r\n\r\n", "[ACT]\r\n\r\n",
                                "POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                                "POST /x HTTP/1.1\r\n"
                                "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
                                "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n"}) {
    CAPTURE(std::string{text});
    bench all;
    all.receive(text);
    auto answer = only_answer(all);
    CHECK(answer.status == 400);
    CHECK(answer.has("Connection: close"));
    CHECK(answer.body.find("urn:xylem:bad-request") != std::string::npos);
    CHECK(all.ended());
    CHECK(was_cut_off(all, cut_off::bad_request));
    CHECK(all.host->answers == std::vector<unsigned>{400});
  }
}

TEST_CASE("a body whose length is given twice over is not understood as two requests") {
  bench all;
  all.receive("POST " + commands_target + " HTTP/1.1\r\nHost: localhost\r\n"
              "Content-Type: application/json\r\nContent-Length: 4\r\n"
              "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + livez);
  CHECK(answers(all).size() <= 1);
  CHECK(all.host->submitted.empty());
}

// -- limits

TEST_CASE("a header of 8 KiB is read, one that is much longer is answered with 431") {
  auto filled = [](std::size_t size) {
    auto head = std::string{"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: "};
    return head + std::string(size - head.size() - 4, 'x') + "\r\n\r\n";
  };
  for (auto step : {std::size_t{1}, stream_script::unlimited}) {
    bench fits;
    fits.script->reads_at_most = step;
    CHECK(status_of(fits, filled(limits::web_header)) == 200);
    for (auto size : {2 * limits::web_header + 1, 5 * limits::web_header}) {
      bench all;
      all.script->reads_at_most = step;
      CHECK(status_of(all, filled(size)) == 431);
      CHECK(only_answer(all).has("Connection: close"));
      CHECK(all.ended());
      CHECK(was_cut_off(all, cut_off::header_too_large));
    }
  }
}

TEST_CASE("a header without an end is answered with 431, whatever it is made of") {
  for (auto step : {std::size_t{1}, std::size_t{1000}, stream_script::unlimited})
    for (const auto& text : {std::string(20'000, 'a'), "GET /" + std::string(20'000, 'a'),
                             "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a')}) {
      bench all;
      all.script->reads_at_most = step;
      CHECK(status_of(all, text) == 431);
      CHECK(all.ended());
    }
}

TEST_CASE("many short fields are bounded as one long one is") {
  bench all;
  std::string text = "GET /livez HTTP/1.1\r\n";
  while (text.size() < 20'000)
    text += "A:b\r\n";
  CHECK(status_of(all, text + "\r\n") == 431);
}

TEST_CASE("a target of more than 2,048 bytes is answered with 414") {
  bench all;
  CHECK(status_of(all, get("/" + std::string(2048, 'x'))) == 414);
  CHECK(all.ended());
}

TEST_CASE("a body of 64 KiB is read, a longer one is answered with 413") {
  bench fits;
  fits.receive(post(std::string(limits::web_body, ' ')));
  CHECK(only_answer(fits).body.find("not JSON") != std::string::npos); // so it was read
  CHECK(!fits.ended());
  bench told;
  CHECK(status_of(told, post(std::string(limits::web_body + 1, ' '))) == 413);
  CHECK(told.ended());
  CHECK(was_cut_off(told, cut_off::body_too_large));
  bench chunked;
  chunked.receive("POST " + commands_target
                  + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (auto n = 0; n < 17 && !chunked.ended(); ++n)
    chunked.receive("1000\r\n" + std::string(0x1000, ' ') + "\r\n");
  CHECK(only_answer(chunked).status == 413);
  CHECK(chunked.ended());
}

TEST_CASE("a body that is too long is refused before its client sends it") {
  bench all;
  all.receive("POST " + commands_target + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
              "Content-Length: 70000\r\n\r\n");
  CHECK(only_answer(all).status == 413);
}

TEST_CASE("a line of a chunk that does not end is answered with 431, too") {
  bench all;
  all.receive("POST " + commands_target
              + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;a=");
  all.receive(std::string(100'000, 'x'));
  CHECK(only_answer(all).status == 431);
  CHECK(all.ended());
}

// -- what is answered

TEST_CASE("pages of other origins and rebound names are refused") {
  bench origin;
  CHECK(status_of(origin, get("/livez", "Origin: http://evil.example\r\n")) == 403);
  bench host;
  CHECK(status_of(host, "GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n") == 403);
  CHECK(!host.ended());
}

TEST_CASE("a token is needed where there are tokens, and its scope counts") {
  auto with = [](std::string_view token) {
    return get(node_target, "Authorization: Bearer " + std::string{token} + "\r\n");
  };
  bench none;
  none.host->wanted_token = "abc";
  CHECK(status_of(none, get(node_target)) == 401);
  CHECK(only_answer(none).has("WWW-Authenticate: Bearer realm=\"xylem\""));
  bench wrong;
  wrong.host->wanted_token = "abc";
  CHECK(status_of(wrong, with("abd")) == 401);
  bench right;
  right.host->wanted_token = "abc";
  right.host->scope = access_scope::read;
  right.receive(with("abc"));
  CHECK(right.host->questions.size() == 1);
  bench open;
  open.host->wanted_token = "abc";
  CHECK(status_of(open, livez) == 200);
  bench narrow;
  narrow.host->scope = access_scope::read;
  CHECK(status_of(narrow, post(command_body)) == 403);
  CHECK(narrow.host->submitted.empty());
}

TEST_CASE("a command that needs admin is refused for less") {
  bench all;
  all.host->scope = access_scope::command;
  CHECK(status_of(all, post(R"({"kind": "reset_root"})")) == 403);
  CHECK(all.host->submitted.empty());
}

TEST_CASE("what cannot be answered says why") {
  auto status = [](const std::string& request) {
    bench all;
    return status_of(all, request);
  };
  CHECK(status(get("/api/v1/nothing")) == 404);
  CHECK(status(get("/api/v1/meshes/other/nodes")) == 404);
  CHECK(status(get("/ws")) == 426);
  CHECK(status("DELETE /livez HTTP/1.1\r\nHost: localhost\r\n\r\n") == 405);
  CHECK(status(post("{}")) == 422);
  CHECK(status(post("nothing of JSON")) == 400);
  CHECK(status("POST " + commands_target
               + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}") == 415);
  CHECK(status("POST " + commands_target
               + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\r\n") == 411);
}

TEST_CASE("405 names what is allowed") {
  bench all;
  all.receive("PUT " + commands_target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(only_answer(all).has("Allow: POST"));
}

TEST_CASE("an asset comes packed to who unpacks it, and not again while it is the same") {
  bench plain;
  plain.receive(get("/"));
  CHECK(only_answer(plain).body == "a page");
  bench packed;
  packed.receive(get("/index.html", "Accept-Encoding: gzip, br\r\n"));
  CHECK(only_answer(packed).body == "packed");
  CHECK(only_answer(packed).has("Content-Encoding: gzip"));
  bench known;
  known.receive(get("/", "If-None-Match: \"t\"\r\n") + livez);
  auto found = answers_in(known.script->written);
  REQUIRE(found.size() == 2);
  CHECK(found[0].status == 304);
}

TEST_CASE("what an actor refuses is the answer") {
  bench all;
  all.receive(post(command_body) + get("/api/v1/commands/17") + get("/api/v1/status"));
  all.host->submitted.front().second({{}, problem{problem_kind::queue_full}});
  all.run();
  all.host->looked_up.front().second({{}, problem{problem_kind::command_not_found}});
  all.run();
  all.host->statuses.front()(std::nullopt);
  all.run();
  auto found = answers(all);
  REQUIRE(found.size() == 3);
  CHECK(found[0].status == 429);
  CHECK(found[1].status == 404);
  CHECK(found[2].status == 504);
}

TEST_CASE("a request whose end or whose gateway could be understood in two ways is refused") {
  auto hidden = get("/livez");
  for (auto fields : {"Host: localhost\r\nTransfer-Encoding: identity\r\n",
                      "Host: localhost\r\nTransfer-Encoding: chunked, identity\r\n",
                      "Host: localhost\r\nHost: localhost\r\n", ""}) {
    CAPTURE(fields);
    bench all;
    all.receive("GET /livez HTTP/1.1\r\n" + std::string{fields} + "\r\n" + hidden);
    CHECK(only_answer(all).status == 400);
    CHECK(all.ended());
  }
}
