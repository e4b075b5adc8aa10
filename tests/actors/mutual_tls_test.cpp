#include "actors/remote/mutual_tls.hpp"

#include "actors/remote/pem_file.hpp"
#include "tests/actors/tls_bench.hpp"

#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <filesystem>

using namespace xylem;
using namespace xylem::testing;
using namespace std::chrono_literals;

namespace {

namespace asio = boost::asio;

using pki::certificate_use;
using days = std::chrono::days;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What becomes of a connection, as each side tells it.
struct outcome {
  bool connected = false;
  tls_problem server{};
  tls_problem client{};
};

outcome connect(asio::ssl::context& server, asio::ssl::context& client,
                const std::string& expected = {}) {
  tls_pair pair{server, client};
  if (!expected.empty())
    expect_node(pair.client.connection(), expected);
  pair.shake_hands();
  return {pair.is_connected(), pair.server.problem(), pair.client.problem()};
}

/// What has nothing of ours but its certificate.
asio::ssl::context foreign_client(const tls_files& files) {
  asio::ssl::context made{asio::ssl::context::tls_client};
  if (!files.certificate.empty()) {
    made.use_certificate_chain_file(files.certificate);
    made.use_private_key_file(files.key, asio::ssl::context::pem);
  }
  return made;
}

void offer(asio::ssl::context& to, const std::string& alpn) {
  auto list = static_cast<char>(alpn.size()) + alpn;
  SSL_CTX_set_alpn_protos(to.native_handle(), reinterpret_cast<const unsigned char*>(list.data()),
                          static_cast<unsigned>(list.size()));
}

/// A server that takes anybody who knows our protocol.
asio::ssl::context foreign_server(const tls_files& files) {
  asio::ssl::context made{asio::ssl::context::tls_server};
  made.use_certificate_chain_file(files.certificate);
  made.use_private_key_file(files.key, asio::ssl::context::pem);
  auto choose = [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                   unsigned, void*) noexcept {
    *size = in[0];
    *out = in + 1;
    return SSL_TLSEXT_ERR_OK;
  };
  SSL_CTX_set_alpn_select_cb(made.native_handle(), choose, nullptr);
  return made;
}

/// What a client says first.
std::string first_flight(asio::ssl::context& rules) {
  openssl::owned<SSL, SSL_free> connection{SSL_new(rules.native_handle())};
  auto* out = BIO_new(BIO_s_mem());
  SSL_set_bio(connection.get(), BIO_new(BIO_s_mem()), out); // which it owns
  SSL_set_connect_state(connection.get());
  SSL_do_handshake(connection.get());
  return openssl::text_of(out);
}

/// The certificate of `north`, which serves, and of `office`, which follows.
struct two_nodes : tls_bench {
  mutual_tls north{node("north"), clock};
  mutual_tls office{node("office", certificate_use::monitor), clock};
};

} // namespace

// -- who is let in

TEST_CASE("two nodes of one authority connect by TLS 1.3, and each knows the other one's name") {
  two_nodes all;
  tls_pair pair{all.north.server(), all.office.client()};
  expect_node(pair.client.connection(), "north");
  pair.shake_hands();
  CHECK(pair.is_connected());
  CHECK(SSL_version(pair.server.connection()) == TLS1_3_VERSION);
  auto monitor = peer_certificate(pair.server.connection());
  REQUIRE(monitor);
  CHECK(*monitor == all.office.own());
  CHECK(monitor->name == "office");
  CHECK(monitor->serial == all.serials["office"]);
  CHECK(monitor->not_after == tls_test_time + days{1});
  CHECK(monitor->may_follow);
  CHECK_FALSE(monitor->may_serve);
  auto gateway = peer_certificate(pair.client.connection());
  REQUIRE(gateway);
  CHECK(gateway->name == "north");
  CHECK(gateway->may_serve);
}

TEST_CASE("a certificate of another authority is refused on both sides, though its name is right") {
  two_nodes all;
  tls_bench other;
  mutual_tls stranger{other.node("office"), other.clock};
  auto at_gate = connect(all.north.server(), stranger.client());
  CHECK_FALSE(at_gate.connected);
  // The client is the first to see a certificate.
  CHECK(at_gate.client.kind == tls_failure::other_authority);
  CHECK(at_gate.server.kind == tls_failure::refused_by_peer);
  CHECK(contains(at_gate.server.text, "does not know the authority"));
  auto trusting = foreign_client(other.node("office"));
  offer(trusting, std::string{monitor_alpn});
  auto seen = connect(all.north.server(), trusting);
  CHECK_FALSE(seen.connected);
  CHECK(seen.server.kind == tls_failure::other_authority);
  CHECK(contains(seen.server.text, "not of our authority"));
  CHECK(seen.client.kind == tls_failure::refused_by_peer);
}

TEST_CASE("an expired certificate is refused, and both clocks are told") {
  two_nodes all;
  all.clock.wall += days{2};
  // Each side has an opinion of the other one; the client is the first to tell.
  auto seen = connect(all.north.server(), all.office.client());
  CHECK_FALSE(seen.connected);
  CHECK(seen.client.kind == tls_failure::expired);
  CHECK(seen.client.text
        == "the certificate of north has expired at 2023-11-15T22:13:20.000Z,"
           " and this machine takes it to be 2023-11-16T22:13:20.000Z");
  CHECK(seen.server.kind == tls_failure::refused_by_peer);
  CHECK(contains(seen.server.text, "expired"));
}

TEST_CASE("a gate refuses an expired monitor, and one whose time has not come") {
  tls_bench all;
  mutual_tls north{all.node("north", certificate_use::node, tls_test_time, days{9}), all.clock};
  mutual_tls old{all.node("old", certificate_use::monitor), all.clock};
  all.clock.wall += days{2};
  auto late = connect(north.server(), old.client());
  CHECK_FALSE(late.connected);
  CHECK(late.server.kind == tls_failure::expired);
  CHECK(contains(late.client.text, "finds our certificate expired"));
  mutual_tls young{all.node("young", certificate_use::monitor, all.clock.wall), all.clock};
  all.clock.wall = tls_test_time;
  auto early = connect(north.server(), young.client());
  CHECK_FALSE(early.connected);
  CHECK(early.server.kind == tls_failure::not_yet_valid);
  CHECK(contains(early.server.text, "is valid from 2023-11-16T21:13:20.000Z on"));
  CHECK(contains(early.client.text, "not yet valid by its clock"));
}

TEST_CASE("who is revoked is refused from the next look at the list on") {
  two_nodes all;
  CHECK_FALSE(all.north.refresh());
  all.revoke({"office"});
  CHECK(connect(all.north.server(), all.office.client()).connected);
  CHECK(all.north.refresh());
  CHECK_FALSE(all.north.refresh());
  auto seen = connect(all.north.server(), all.office.client());
  CHECK_FALSE(seen.connected);
  CHECK(seen.server.kind == tls_failure::revoked);
  CHECK(seen.server.text
        == "the certificate of office was revoked (serial " + all.serials["office"] + ")");
  CHECK(contains(seen.client.text, "says that our certificate was revoked"));
  CHECK(all.north.is_revoked(all.office.own()));
  CHECK_FALSE(all.north.is_revoked(all.north.own()));
}

TEST_CASE("a gateway that is revoked gets no monitor") {
  two_nodes all;
  all.revoke({"north"});
  CHECK(all.office.refresh());
  CHECK(connect(all.north.server(), all.office.client()).client.kind == tls_failure::revoked);
}

TEST_CASE("a list that cannot be read lets nobody in, and who was revoked stays so") {
  two_nodes all;
  mutual_tls west{all.node("west"), all.clock};
  all.revoke({"office"});
  REQUIRE(all.north.refresh());
  all.folder.write("revoked.pem", "-----BEGIN X509 CRL-----\nbroken\n");
  CHECK_FALSE(all.north.refresh());
  CHECK(contains(all.north.problem(), "revoked.pem is no list of revoked certificates"));
  CHECK(all.north.is_revoked(all.office.own()));
  auto seen = connect(all.north.server(), west.client());
  CHECK(seen.server.kind == tls_failure::unreadable_list);
  CHECK(contains(seen.client.text, "cannot check certificates now"));
  all.revoke({});
  CHECK(all.north.refresh());
  CHECK(all.north.problem().empty());
  CHECK(connect(all.north.server(), all.office.client()).connected);
}

TEST_CASE("a list of another authority counts as broken, one that is gone goes on to hold") {
  two_nodes all;
  tls_bench other;
  other.node("x");
  other.revoke({"x"});
  all.folder.write("revoked.pem", read_pem_file(other.folder / "revoked.pem"));
  CHECK_FALSE(all.north.refresh());
  CHECK(contains(all.north.problem(), "was not signed by the authority"));
  all.revoke({"office"});
  REQUIRE(all.north.refresh());
  std::filesystem::remove(all.folder / "revoked.pem");
  CHECK_FALSE(all.north.refresh());
  CHECK(contains(all.north.problem(), "is gone"));
  CHECK(connect(all.north.server(), all.office.client()).server.kind == tls_failure::revoked);
}

TEST_CASE("two authorities in one file are both trusted: the new one, and the one before it") {
  tls_bench old;
  tls_bench young;
  auto both = old.folder.write("both.pem", old.ca_files.certificate + young.ca_files.certificate);
  auto with_both = [&](tls_files files) {
    files.authority = both;
    return files;
  };
  mutual_tls north{with_both(old.node("north")), old.clock};
  mutual_tls office{with_both(young.node("office")), young.clock};
  CHECK(connect(north.server(), office.client()).connected);
  // A list of each, in one file.
  old.node("x");
  old.revoke({"x"});
  auto first = read_pem_file(old.folder / "revoked.pem");
  young.revoke({"office"});
  old.folder.write("revoked.pem", first + read_pem_file(young.folder / "revoked.pem"));
  CHECK(north.refresh());
  CHECK(connect(north.server(), office.client()).server.kind == tls_failure::revoked);
}

TEST_CASE("who shows no certificate is refused") {
  two_nodes all;
  auto nobody = foreign_client({});
  offer(nobody, std::string{monitor_alpn});
  auto seen = connect(all.north.server(), nobody);
  CHECK_FALSE(seen.connected);
  CHECK(seen.server.kind == tls_failure::no_certificate);
  CHECK(contains(seen.client.text, "wants a certificate"));
}

TEST_CASE("a certificate that is for monitors alone serves nobody, however its files are used") {
  two_nodes all;
  CHECK_THROWS_WITH_AS(all.office.server(),
                       "the certificate of office is for monitors only: issue one without"
                       " --monitor-only",
                       std::runtime_error);
  auto server = foreign_server(all.node("spy", certificate_use::monitor));
  auto seen = connect(server, all.north.client());
  CHECK_FALSE(seen.connected);
  CHECK(seen.client.kind == tls_failure::wrong_use);
  CHECK(contains(seen.server.text, "not issued for this use"));
}

TEST_CASE("the authority's own certificate is not that of a node") {
  two_nodes all;
  auto key = all.folder.write("ca.key", all.ca_files.key);
  auto thief = foreign_client({{}, all.folder / "ca.pem", key});
  offer(thief, std::string{monitor_alpn});
  auto seen = connect(all.north.server(), thief);
  CHECK_FALSE(seen.connected);
  CHECK(seen.server.kind == tls_failure::wrong_use);
}

TEST_CASE("a monitor that expects a name takes no other one, and shows no certificate before") {
  two_nodes all;
  auto seen = connect(all.north.server(), all.office.client(), "south");
  CHECK_FALSE(seen.connected);
  CHECK(seen.client.kind == tls_failure::wrong_name);
  CHECK(seen.client.text == "the peer is north, and south was expected");
  CHECK(seen.server.kind == tls_failure::refused_by_peer);
  CHECK(contains(seen.server.text, "another name"));
}

// -- what else comes to the port

TEST_CASE("a client that knows TLS 1.2 at most is told so") {
  two_nodes all;
  auto old = foreign_client(all.node("old", certificate_use::monitor));
  offer(old, std::string{monitor_alpn});
  SSL_CTX_set_max_proto_version(old.native_handle(), TLS1_2_VERSION);
  auto seen = connect(all.north.server(), old);
  CHECK_FALSE(seen.connected);
  CHECK(seen.server.kind == tls_failure::old_version);
  CHECK(seen.client.kind == tls_failure::old_version);
  CHECK(seen.server.text == "the peer does not speak TLS 1.3");
}

TEST_CASE("a server that knows TLS 1.2 at most gets no monitor") {
  two_nodes all;
  auto old = foreign_server(all.node("old"));
  SSL_CTX_set_max_proto_version(old.native_handle(), TLS1_2_VERSION);
  auto seen = connect(old, all.office.client());
  CHECK_FALSE(seen.connected);
  CHECK(seen.client.kind == tls_failure::old_version);
}

TEST_CASE("plain text, HTTP and noise are no TLS") {
  two_nodes all;
  struct {
    std::string sent;
    tls_failure kind;
  } cases[] = {{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", tls_failure::plain_text},
               {"hello, is anybody there?\n", tls_failure::plain_text},
               {std::string(64, '\0'), tls_failure::plain_text},
               {"", tls_failure::closed}};
  for (const auto& one : cases) {
    CAPTURE(one.sent);
    tls_pair pair{all.north.server(), all.office.client()};
    pair.server.stream.async_handshake(asio::ssl::stream_base::server,
                                       [&](auto error) { pair.server.error = error; });
    asio::write(pair.client.stream.next_layer(), asio::buffer(one.sent));
    pair.client.stream.lowest_layer().shutdown(asio::socket_base::shutdown_send);
    pair.io.run();
    CHECK(pair.server.problem().kind == one.kind);
    CHECK_FALSE(peer_certificate(pair.server.connection()));
  }
}

TEST_CASE("a handshake that is cut or bent anywhere ends with an error, and admits nobody") {
  two_nodes all;
  auto hello = first_flight(all.office.client());
  REQUIRE(hello.size() > 100);
  for (std::size_t at = 0; at < hello.size(); ++at) {
    auto bent = hello;
    bent[at] = static_cast<char>(bent[at] ^ (1 << at % 8));
    for (const auto& sent : {hello.substr(0, at), bent}) {
      tls_pair pair{all.north.server(), all.office.client()};
      pair.server.stream.async_handshake(asio::ssl::stream_base::server,
                                         [&](auto error) { pair.server.error = error; });
      asio::write(pair.client.stream.next_layer(), asio::buffer(sent));
      pair.client.stream.lowest_layer().shutdown(asio::socket_base::shutdown_send);
      pair.io.run();
      REQUIRE(pair.server.error);
      REQUIRE(!pair.server.problem().text.empty());
      REQUIRE_FALSE(peer_certificate(pair.server.connection()));
    }
  }
}

TEST_CASE("TLS with something else inside, or with nothing said of it, is refused") {
  two_nodes all;
  auto web = foreign_client(all.node("web", certificate_use::monitor));
  auto silent = connect(all.north.server(), web);
  CHECK_FALSE(silent.connected);
  CHECK(silent.server.kind == tls_failure::other_protocol);
  CHECK(silent.client.kind == tls_failure::other_protocol);
  offer(web, "h2");
  auto other = connect(all.north.server(), web);
  CHECK_FALSE(other.connected);
  CHECK(other.server.kind == tls_failure::other_protocol);
  CHECK(other.client.text == "the peer does not speak xylem-monitor/1");
}

TEST_CASE("a server that does not choose our protocol gets no certificate from a monitor") {
  two_nodes all;
  auto web = foreign_server(all.node("web"));
  SSL_CTX_set_alpn_select_cb(web.native_handle(), nullptr, nullptr);
  auto seen = connect(web, all.office.client());
  CHECK_FALSE(seen.connected);
  CHECK(seen.client.kind == tls_failure::other_protocol);
}

TEST_CASE("no ticket is given, and a ticket from wherever resumes nothing") {
  two_nodes all;
  auto client = foreign_client(all.node("office", certificate_use::monitor));
  offer(client, std::string{monitor_alpn});
  SSL_CTX_set_session_cache_mode(client.native_handle(), SSL_SESS_CACHE_CLIENT);
  tls_pair first{all.north.server(), client};
  first.shake_hands();
  REQUIRE(first.is_connected());
  CHECK(SSL_SESSION_is_resumable(SSL_get0_session(first.client.connection())) == 0);
  // One that gives tickets, with the keys of the same context.
  tls_pair lax{all.north.server(), client};
  SSL_clear_options(lax.server.connection(), SSL_OP_NO_TICKET);
  SSL_set_num_tickets(lax.server.connection(), 1);
  lax.shake_hands();
  REQUIRE(lax.is_connected());
  auto* session = SSL_get0_session(lax.client.connection());
  REQUIRE(SSL_SESSION_is_resumable(session) == 1);
  tls_pair again{all.north.server(), client};
  SSL_set_session(again.client.connection(), session);
  again.shake_hands();
  CHECK(again.is_connected());
  CHECK(SSL_session_reused(again.server.connection()) == 0);
  CHECK(SSL_session_reused(again.client.connection()) == 0);
  CHECK(peer_certificate(again.server.connection())->name == "office");
}

TEST_CASE("connections go on without the files, and without who made their rules") {
  tls_bench all;
  auto north = std::make_unique<mutual_tls>(all.node("north"), all.clock);
  auto office = std::make_unique<mutual_tls>(all.node("office"), all.clock);
  tls_pair pair{north->server(), office->client()};
  north.reset();
  office.reset();
  pair.shake_hands();
  CHECK(pair.is_connected());
}
