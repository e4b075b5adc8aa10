#include "protocol/web_guard.hpp"

#include <doctest/doctest.h>

using namespace xylem;

namespace {

const web_guard on_loopback{{}};
const web_guard off_loopback{{.loopback = false, .tls = true}};

std::optional<problem_kind> refusal(const web_guard& guard, std::string_view host,
                                    std::string_view origin = {}) {
  auto why = guard.check(host, origin);
  return why ? std::optional{why->kind} : std::nullopt;
}

} // namespace

TEST_CASE("on loopback only the names of loopback are served, so that a rebound name is not") {
  for (auto host : {"localhost", "localhost:7654", "LocalHost:1", "127.0.0.1", "127.0.0.1:7654",
                    "127.1.2.3:80", "[::1]", "[::1]:7654"}) {
    CAPTURE(host);
    CHECK_FALSE(refusal(on_loopback, host));
  }
  for (auto host : {"[::1]evil.example", "[127.0.0.1].evil.example:80", "localhost:1@evil.example",
                    "127.0.0.1:evil", "evil.example", "evil.example:7654", "localhost.evil.example",
                    "127.0.0.1.evil.example", "127.evil.example", "evil.localhost", "[::2]:7654",
                    "[", "]", ":7654", "192.168.0.1"}) {
    CAPTURE(host);
    CHECK(refusal(on_loopback, host) == problem_kind::host_refused);
  }
}

TEST_CASE("a request of HTTP/1.0 without a Host is no page's") {
  CHECK_FALSE(refusal(on_loopback, ""));
  CHECK(refusal(on_loopback, "", "http://evil.example") == problem_kind::origin_refused);
}

TEST_CASE("off loopback any Host is served") {
  CHECK_FALSE(refusal(off_loopback, "gateway.example"));
  CHECK_FALSE(refusal(off_loopback, "10.0.0.1:7654"));
}

TEST_CASE("a page of this host and port may use the gateway, no other") {
  CHECK_FALSE(refusal(on_loopback, "localhost:7654", "http://localhost:7654"));
  CHECK_FALSE(refusal(on_loopback, "LOCALHOST:7654", "http://localhost:7654"));
  for (auto origin : {"http://evil.example", "http://localhost:1", "https://localhost:7654",
                      "http://127.0.0.1:7654", "null", "localhost:7654", "http://",
                      "http://localhost:7654/"}) {
    CAPTURE(origin);
    CHECK(refusal(on_loopback, "localhost:7654", origin) == problem_kind::origin_refused);
  }
}

TEST_CASE("browsers leave out the port that belongs to the scheme") {
  web_guard plain{{.loopback = false}};
  CHECK_FALSE(refusal(plain, "gateway.example:80", "http://gateway.example"));
  CHECK_FALSE(refusal(plain, "gateway.example", "http://gateway.example"));
  CHECK_FALSE(refusal(off_loopback, "gateway.example:443", "https://gateway.example"));
  CHECK(refusal(off_loopback, "gateway.example:443", "http://gateway.example")
        == problem_kind::origin_refused);
  CHECK(refusal(off_loopback, "gateway.example:80", "https://gateway.example")
        == problem_kind::origin_refused);
}

TEST_CASE("an origin of web.origins may use the gateway, and its host is a Host") {
  web_guard guard{{.origins = {"https://maps.example", "http://10.0.0.9:8080"}}};
  CHECK_FALSE(refusal(guard, "localhost", "https://maps.example"));
  CHECK_FALSE(refusal(guard, "maps.example", "https://maps.example"));
  CHECK_FALSE(refusal(guard, "MAPS.example", "https://Maps.Example"));
  CHECK_FALSE(refusal(guard, "10.0.0.9:8080", "http://10.0.0.9:8080"));
  CHECK(refusal(guard, "localhost", "http://maps.example") == problem_kind::origin_refused);
  CHECK(refusal(guard, "localhost", "https://maps.example.evil") == problem_kind::origin_refused);
  CHECK(refusal(guard, "10.0.0.9", {}) == problem_kind::host_refused);
}

TEST_CASE("a refusal says what to do") {
  CHECK(on_loopback.check("evil.example", {})->detail.find("web.origins") != std::string::npos);
  CHECK(on_loopback.check("localhost", "null")->detail.find("web.origins") != std::string::npos);
}

TEST_CASE("the token of an Authorization header is that of the scheme Bearer, in any case") {
  CHECK(token_of_authorization("Bearer abc") == "abc");
  CHECK(token_of_authorization("bearer abc") == "abc");
  CHECK(token_of_authorization("BEARER   abc ") == "abc");
  for (auto none : {"", "Bearer", "Bearer ", "Basic abc", "Bearerabc", "abc", "Token Bearer abc"}) {
    CAPTURE(none);
    CHECK_FALSE(token_of_authorization(none));
  }
}

TEST_CASE("the token of a WebSocket is in the list of its subprotocols") {
  CHECK(token_of_subprotocols("xylem, xylem.token.abc") == "abc");
  CHECK(token_of_subprotocols("xylem.token.abc,xylem") == "abc");
  CHECK(token_of_subprotocols("  xylem.token.a\t,xylem.token.b") == "a"); // the first
  CHECK(token_of_subprotocols("xylem.token.") == "");
  for (auto none : {"", ",", "xylem", "other.xylem.token.abc", "XYLEM.TOKEN.abc"}) {
    CAPTURE(none);
    CHECK_FALSE(token_of_subprotocols(none));
  }
}

TEST_CASE("the subprotocol xylem is offered when it is in the list, as it is written") {
  CHECK(offers_xylem("xylem"));
  CHECK(offers_xylem("chat, xylem"));
  CHECK(offers_xylem("xylem , chat"));
  for (auto other : {"", "xylem.token.abc", "Xylem", "chat"}) {
    CAPTURE(other);
    CHECK_FALSE(offers_xylem(other));
  }
}
