#include "actors/inherited_sockets.hpp"

#include "actors/client_acceptor.hpp"
#include "actors/web_server.hpp"
#include "tests/actors/gateway_bench.hpp"
#include "tests/actors/listening_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

inherited_sockets one(std::string name, file_descriptor socket) {
  std::vector<inherited_sockets::named_socket> all;
  all.push_back({std::move(name), std::move(socket)});
  return inherited_sockets{std::move(all)};
}

} // namespace

TEST_CASE("a listening TCP socket has its address, everything else has none") {
  auto sockets = one("web", listening_socket());
  REQUIRE(sockets.address(0));
  CHECK(sockets.address(0)->host == "127.0.0.1");
  CHECK(sockets.address(0)->port != 0);
  CHECK_FALSE(one("web", file_descriptor{::socket(AF_INET, SOCK_STREAM, 0)}).address(0));
  CHECK_FALSE(one("web", file_descriptor{::socket(AF_INET, SOCK_DGRAM, 0)}).address(0));
  CHECK_FALSE(one("web", file_descriptor{::open("/dev/null", O_RDONLY)}).address(0));
  file_descriptor local{::socket(AF_UNIX, SOCK_STREAM, 0)};
  sockaddr_un unnamed{};
  unnamed.sun_family = AF_UNIX;
  REQUIRE(::bind(local.get(), reinterpret_cast<const sockaddr*>(&unnamed), sizeof(sa_family_t))
          == 0);
  REQUIRE(::listen(local.get(), 1) == 0);
  CHECK_FALSE(one("web", std::move(local)).address(0));
}

TEST_CASE("each who was given a socket gets copies of it, nobody else does") {
  auto sockets = one("web", listening_socket());
  CHECK_FALSE(sockets.copy_for("web_server"));
  sockets.give(0, "web_server");
  auto first = sockets.copy_for("web_server");
  auto second = sockets.copy_for("web_server");
  CHECK(first);
  CHECK(second);
  CHECK(first.get() != second.get());
  CHECK((::fcntl(first.get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK_FALSE(sockets.copy_for("socket_server/field"));
}

TEST_CASE("a socket that was given to nobody is closed and named") {
  auto socket = listening_socket();
  auto number = socket.get();
  auto sockets = one("wbe", std::move(socket));
  CHECK(sockets.close_rest() == std::vector<std::string>{"wbe"});
  CHECK(::fcntl(number, F_GETFD) == -1);
  CHECK(sockets.size() == 0);
  CHECK(sockets.close_rest().empty());
}

TEST_CASE("a socket server that is started anew serves who has connected in the meantime") {
  auto sockets = one("clients", listening_socket());
  sockets.give(0, "socket_server/field");
  auto port = sockets.address(0)->port;
  gateway_bench bench;
  bench.world.env.inherited = &sockets;
  test_client early{port}; // before anybody listens
  early.send("ACT-C");
  bench.start();
  CHECK(bench.port() == port);
  REQUIRE(bench.until_received(early, 3));
  caf::anon_send_exit(bench.world.newest<socket_server_actor, socket_server_core>(),
                      caf::exit_reason::kill);
  test_client meanwhile{port};
  meanwhile.send("ACT-C");
  bench.world.run();
  REQUIRE(bench.until_received(meanwhile, 3));
  CHECK(bench.port() == port);
}

TEST_CASE("the web server listens on what it was given") {
  auto sockets = one("web", listening_socket());
  sockets.give(0, "web_server");
  gateway_bench bench;
  bench.world.env.inherited = &sockets;
  bench.start();
  auto address = bench.status()["web"].as_object()["address"];
  CHECK(address.as_string()
        == std::string_view{"127.0.0.1:" + std::to_string(sockets.address(0)->port)});
}
