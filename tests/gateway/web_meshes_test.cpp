// Several meshes behind one web port.
#include "gateway_process.hpp"
#include "waiting.hpp"
#include "web_client.hpp"
#include "web_socket_client.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

using namespace xylem;
using namespace xylem::testing;

namespace json = boost::json;

namespace {

const std::string meshes = "/api/v1/meshes";

std::string configuration(const temp_folder& folder) {
  std::string text;
  for (std::string name : {"north", "south"})
    text += "[[mesh]]\nname = \"" + name + "\"\nserial = \"" + folder / name
            + "\"\nlisten = \"127.0.0.1:0\"\ntransmit = \"stream\"\n";
  return folder.write("two.toml", text);
}

struct two_meshes {
  two_meshes() {
    north.plug();
    south.plug();
    gateway.emplace(folder, std::vector<std::string>{"--config", configuration(folder)},
                    std::vector<std::string>{"north", "south"});
    north.await_command(ninfo);
    south.await_command(ninfo);
  }

  temp_folder folder;
  pty_root north{folder / "north"};
  pty_root south{folder / "south"};
  std::optional<gateway_process> gateway;
};

} // namespace

TEST_CASE(
    "each mesh has its own nodes and commands, and their names are told to who mistakes one") {
  two_meshes both;
  web_client web{place_of(*both.gateway)};
  auto all = web.document(meshes).at("meshes").as_array();
  REQUIRE(all.size() == 2);
  CHECK(all[0].at("name") == "north");
  CHECK(all[1].at("name") == "south");
  both.north.say(update(5, {{"WHO", "north"}}));
  both.south.say(update(6, {{"WHO", "south"}}));
  for (auto path : {"/north/nodes/5", "/south/nodes/6"})
    CHECK(eventually([&] { return web.get(meshes + path).status == 200; }));
  CHECK(web.all(meshes + "/north/nodes", "nodes").size() == 1);
  CHECK(web.get(meshes + "/north/nodes/6").status == 404);
  auto answer = web.get(meshes + "/nrth/nodes");
  CHECK(answer.body.find("there are: north, south") != std::string::npos);

  for (std::string name : {"north", "south"}) {
    auto accepted = web.post(meshes + "/" + name + "/commands",
                             R"({"kind": "broadcast", "text": ")" + name + "\"}");
    REQUIRE(accepted.status == 202);
    CHECK(web.document(accepted.header("location")).at("mesh") == json::string{name});
  }
  both.north.await_command(as_command(broadcast_request("north")));
  both.south.await_command(as_command(broadcast_request("south")));
  CHECK(both.north.count(as_command(broadcast_request("south"))) == 0);
}

TEST_CASE("a WebSocket follows the meshes that it names, and names the mesh of a command") {
  two_meshes both;
  web_socket_client socket{place_of(*both.gateway)};
  CHECK(socket.next().at("meshes") == json::array{"north", "south"});
  auto result = socket.ask({{"type", "subscribe"},
                            {"meshes", json::array{"south"}},
                            {"kinds", json::array{"message", "request"}}});
  CHECK(result.at("ok") == true);
  CHECK(socket.next_of("snapshot").at("mesh") == "south");
  both.north.say(message(5, "not wanted"));
  both.south.say(message(5, "wanted"));
  auto news = socket.next_of("events");
  for (const auto& event : news.at("events").as_array())
    CHECK(event.at("mesh") == "south");
  CHECK(socket.ask({{"type", "network_info"}}).at("ok") == false);
  CHECK(socket.ask({{"type", "network_info"}, {"mesh", "north"}}).at("ok") == true);
  both.north.await_command(ninfo, 2);
  CHECK(both.south.count(ninfo) == 1);
}
