#include "app/config/inherited_listeners.hpp"

#include "tests/actors/listening_socket.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace {

using names = std::vector<std::string>;

inherited_sockets listening(const names& called) {
  std::vector<inherited_sockets::named_socket> all;
  for (const auto& each : called)
    all.push_back({each, listening_socket()});
  return inherited_sockets{std::move(all)};
}

gateway_settings with_meshes(const names& meshes) {
  gateway_settings settings;
  for (const auto& each : meshes)
    settings.meshes.emplace_back().name = each;
  return settings;
}

std::string address(const inherited_sockets& sockets, std::size_t index) {
  return "127.0.0.1:" + std::to_string(sockets.address(index)->port);
}

} // namespace

TEST_CASE("sockets are given by their names, and their addresses become the configured ones") {
  auto sockets = listening({"yard", "web", "field"});
  CHECK(give_sockets(sockets, with_meshes({"field", "yard"}))
        == names{"mesh.1.listen=" + address(sockets, 0), "web.listen=" + address(sockets, 1),
                 "mesh.listen=" + address(sockets, 2)});
  for (auto actor : {"web_server", "socket_server/field", "socket_server/yard"})
    CHECK(sockets.has(actor));
  CHECK(sockets.close_rest().empty());
}

TEST_CASE("`clients` is the socket of the only mesh, and nobody's among several") {
  auto sockets = listening({"clients"});
  CHECK(give_sockets(sockets, with_meshes({"field"}))
        == names{"mesh.listen=" + address(sockets, 0)});
  auto others = listening({"clients"});
  CHECK(give_sockets(others, with_meshes({"field", "yard"})).empty());
  CHECK(others.close_rest() == names{"clients"});
}

TEST_CASE("a second socket for the same listener is left") {
  auto sockets = listening({"field", "clients", "web", "web"});
  CHECK(give_sockets(sockets, with_meshes({"field"})).size() == 2);
  CHECK(sockets.close_rest() == names{"clients", "web"});
}

TEST_CASE("without a web port nobody takes its socket") {
  auto sockets = listening({"web"});
  auto settings = with_meshes({"field"});
  settings.web.enabled = false;
  CHECK(give_sockets(sockets, settings).empty());
  CHECK(sockets.close_rest() == names{"web"});
}
