#include "app/client/http_gateway.hpp"

#include "app/client/event_feed.hpp"
#include "app/client/http_problem.hpp"
#include "app/client/json_view.hpp"
#include "command_fixture.hpp"
#include "tests/gateway/temp_folder.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;
using client::error_kind;
using client::http_gateway;

namespace {

const std::string status = "GET /api/v1/status";

client::web_access access_to(const fake_web_gateway& gateway,
                             std::chrono::milliseconds timeout = 30s) {
  return {gateway.url(), {}, {}, client::tls_trust::verified, timeout};
}

template <class T>
error_kind kind_of(const client::result<T>& what) {
  REQUIRE(!what);
  return what.error().kind;
}

/// A connection over which `bytes` come, whatever was asked. The client closes it: closed here,
/// with a request that nobody read, the kernel would take back what was sent.
fake_gateway saying(const std::string& bytes) {
  return fake_gateway{{{{{"", bytes}}}}};
}

http_gateway asking(const fake_gateway& other) {
  return http_gateway{{{client::web_scheme::http, other.where()}}};
}

} // namespace

TEST_CASE("one connection serves one call after the other") {
  fake_web_gateway gateway{one_connection({{status, "1"},
                                           {"GET /api/v1/commands/7", R"({"id":7})"},
                                           {status, problem_json("not-available", "x"), 503},
                                           {status, "2"}})};
  http_gateway to{access_to(gateway)};
  CHECK(*to.status() == "1");
  CHECK(to.command(7));
  CHECK(kind_of(to.status()) == error_kind::failure_reply); // and the connection stays
  CHECK(*to.status() == "2");
}

TEST_CASE("a gateway that ended an idle connection is connected again") {
  fake_web_gateway gateway{
      {web_script{{{status, "1"}}, {}, web_ending::gateway_closes}, web_script{{{status, "2"}}}}};
  http_gateway to{access_to(gateway)};
  CHECK(*to.status() == "1");
  CHECK(*to.status() == "2");
}

TEST_CASE("an answer that ends in its middle is told as closed") {
  fake_web_gateway gateway{{web_script{{{status, "{}"}}, {}, web_ending::breaks}}};
  CHECK(kind_of(http_gateway{access_to(gateway)}.status()) == error_kind::closed);
}

TEST_CASE("a gateway that says nothing is a timeout") {
  fake_web_gateway gateway{{web_script{}}};
  CHECK(kind_of(http_gateway{access_to(gateway, 20ms)}.status()) == error_kind::timeout);
}

TEST_CASE("what answers and is no HTTP is told as that, bounded") {
  for (auto bytes : {std::string{"SSH-2.0-OpenSSH_9.2\r\n"}, std::string(100'000, 'x'),
                     "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'),
                     std::string{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"}}) {
    auto other = saying(bytes);
    CHECK(kind_of(asking(other).status()) == error_kind::protocol);
  }
}

TEST_CASE("a redirection is not followed") {
  auto other = saying("HTTP/1.1 301 Moved\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n");
  CHECK(kind_of(asking(other).status()) == error_kind::protocol);
}

TEST_CASE("a list without progress is refused") {
  fake_web_gateway gateway{one_connection(
      {{"GET /api/v1/meshes/m/nodes?limit=1000", R"({"nodes":[],"next":"again"})"}})};
  CHECK(kind_of(http_gateway{access_to(gateway)}.nodes("m")) == error_kind::protocol);
}

TEST_CASE("a problem is read, and an error of somebody between is told by its status") {
  auto refused = client::problem_of(404, "Not Found", problem_json("node-not-found", "no 9"));
  CHECK(refused == client::error{error_kind::failure_reply, "no 9", "node-not-found"});
  CHECK(client::problem_of(502, "Bad Gateway", "<html>").text == "502 Bad Gateway");
  CHECK(client::problem_of(500, "x", "{}").text == "500 x");
  CHECK(client::problem_of(400, "x", R"({"title":"T","type":"about:blank"})")
        == client::error{error_kind::failure_reply, "T", ""});
  auto long_text = client::problem_of(400, "x", problem_json("y", std::string(100'000, 'z')));
  CHECK(long_text.text.size() == 1000);
}

TEST_CASE("what may be better the next time is temporary") {
  CHECK(client::is_temporary({error_kind::unreachable}));
  CHECK(client::is_temporary({error_kind::failure_reply, "x", "not-available"}));
  CHECK(!client::is_temporary({error_kind::failure_reply, "x", "token-unknown"}));
  CHECK(!client::is_temporary({error_kind::untrusted}));
}

TEST_CASE("a token that would break its header is never sent") {
  closed_port nobody;
  auto access = client::web_access{url_of(nobody), "a\r\nX: b"};
  CHECK(kind_of(http_gateway{access}.status()) == error_kind::invalid_request);
  CHECK(kind_of(client::event_feed::open(access, {})) == error_kind::invalid_request);
}

TEST_CASE("a certificate is verified: by the authority, and by the address it is for") {
  temp_folder folder;
  auto identity = self_signed("127.0.0.1");
  const std::vector<web_script> answering{web_script{{{status, "{}"}}}};
  fake_web_gateway known{answering, identity};
  auto access = access_to(known);
  access.ca_file = folder.write("ca.pem", identity.certificate);
  CHECK(*http_gateway{access}.status() == "{}");

  fake_web_gateway unknown{answering, identity};
  auto refused = http_gateway{access_to(unknown)}.status();
  CHECK(kind_of(refused) == error_kind::untrusted);
  CHECK(refused.error().text.find("self") != std::string::npos);

  auto foreign = self_signed("127.0.0.2");
  fake_web_gateway other{answering, foreign};
  auto misled = access_to(other);
  misled.ca_file = folder.write("other.pem", foreign.certificate);
  CHECK(kind_of(http_gateway{misled}.status()) == error_kind::untrusted);

  fake_web_gateway anybody{answering, foreign};
  auto careless = access_to(anybody);
  careless.trust = client::tls_trust::anybody;
  CHECK(*http_gateway{careless}.status() == "{}");
}

TEST_CASE("TLS that cannot be is told: no authorities, no TLS on the other side") {
  fake_web_gateway plain{{web_script{{{status, "{}"}}}}};
  auto access = access_to(plain);
  access.url.scheme = client::web_scheme::https;
  CHECK(kind_of(http_gateway{access}.status()) == error_kind::protocol);
  access.ca_file = "/no/such/file";
  CHECK(kind_of(http_gateway{access}.status()) == error_kind::invalid_request);
}
